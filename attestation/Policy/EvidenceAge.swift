public import Primitives

/// How old evidence is, judged by whoever knows when it was made: the report itself has no time in it.
public enum EvidenceAge {
    /// How far ahead the maker's clock may be before its time counts as false.
    public static let clockToleranceSeconds: Int64 = 60

    /// The check `age`, to be recorded in a verdict. `made` must come from what the report's data binds, or it is
    /// anybody's claim.
    public static func check(made: Timestamp, now: Timestamp, policy: EvidencePolicy) -> Check {
        let isAhead = made > now.adding(seconds: clockToleranceSeconds)
        if isAhead {
            return Check(
                .age, .fail(.policyAge, "the evidence is from \(made.iso8601), which lies ahead"), isRequired: true)
        }
        guard let maximum = policy.maximumAgeSeconds else {
            return Check(.age, .notChecked("the policy takes any age"), isRequired: false)
        }
        let seconds = max(0, now.unixSeconds - made.unixSeconds)
        if now <= made.adding(seconds: maximum) { return Check(.age, .pass, isRequired: true) }
        return Check(
            .age, .fail(.policyAge, "the evidence is \(seconds) s old; the policy takes \(maximum) s"),
            isRequired: true)
    }
}
