import Primitives

/// The policy by which each side of a hand-over has the other's evidence judged.
public enum HandoverPolicy {
    /// The operator's policy, or the mildest that makes sense, made as strict as a hand-over is: the measurements of
    /// the list, no debugging, no migration, one's own product and privilege level, and the list's minimum TCBs.
    ///
    /// On a Milan one's own chip alone is taken, unless the operator names chips: the keys of others may be in other
    /// hands.
    /// - Parameters:
    ///   - evidence: of the other side; its measurement says which minimum applies.
    ///   - own: the verdict on one's own evidence.
    ///   - named: measurements that count beside those of the list.
    public static func policy(
        for evidence: Evidence, own: Verdict, list: ReleaseList, named: Set<[UInt8]> = [],
        operators: EvidencePolicy? = nil
    ) -> EvidencePolicy {
        var policy = operators ?? mild
        policy.measurements = Set(list.releases.map(\.measurement)).union(named)
        policy.allowsDebug = false
        policy.allowsMigration = false
        // The nonces are in the transcript, and sessions end by themselves.
        policy.requiresNonce = false
        policy.maximumAgeSeconds = nil
        if let product = own.product { policy.products = [product] }
        if let report = own.report {
            policy.vmpls = [report.vmpl]
            if own.product == .milan, policy.chips == nil { policy.chips = [report.chipID] }
        }
        let measurement = (try? Report(evidence.report))?.measurement
        policy.minimumTCB += measurement.flatMap { list[$0] }?.minimumTCB ?? []
        return policy
    }

    /// As evidence of siblings is judged without a policy: few hosts give a revocation list or check for aliases.
    private static var mild: EvidencePolicy {
        var policy = EvidencePolicy(measurements: [])
        policy.requiresAliasCheck = false
        policy.revocation = .ifPresent
        return policy
    }
}
