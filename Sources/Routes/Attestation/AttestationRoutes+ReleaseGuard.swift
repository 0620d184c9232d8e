import HTTPServer

extension AttestationRoutes {
    /// The shape of `secretReleaseGuard`. Counts are since the start of this instance.
    static let releaseGuardSchema = Schema.object(
        [
            .required("mode", .choice(["permissive", "audit", "enforced"]), "What follows from a bad state."),
            .required("failClosedOnDegraded", .boolean, "Whether a degraded instance opens nothing, if enforced."),
            .required("decisionsTotal", count, "Secrets that were to be opened."),
            .required("trustedCount", count), .required("degradedCount", count), .required("unavailableCount", count),
            .required("guardErrorCount", count, "Times that trust could not be asked for; counts as degraded."),
            .required("blockedTotal", count, "Secrets that stayed shut."),
            .required("wouldBlockTotal", count, "Secrets that the strictest policy would have kept shut."),
            .required("wouldBlockDegraded", count), .required("wouldBlockUnavailable", count),
            .required("lastDecisionAt", .nullable(.text(upTo: 40))),
            .required("lastState", .nullable(.choice(["trusted", "degraded", "unavailable"]))),
            .required("lastReasonCode", .nullable(.text(upTo: 64))),
        ], isOpen: false)

    private static let count = Schema.integer(0...Int64.max)
}
