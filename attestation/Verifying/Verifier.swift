public import Primitives

/// Judges SEV-SNP evidence: offline, from the evidence and a policy alone. Safe from any thread; one for the whole
/// process, since it remembers signatures of certificates that it has verified.
///
/// Costs about as much as one P-384 verification (a millisecond), so not on an event loop under load.
public struct Verifier: Sendable {
    private let roots: TrustedRoots
    private let signatures = VerifiedSignatures()

    /// A verifier that trusts these roots: AMD's, unless a test brings its own.
    public init(roots: TrustedRoots = .amd) {
        self.roots = roots
    }

    /// Asks every question of AMD 56860 and of `policy`, in a fixed order, and answers each. `now` decides over the
    /// validity of certificates and lists.
    public func judge(_ evidence: Evidence, by policy: EvidencePolicy, at now: Timestamp) -> Verdict {
        Judgement(evidence, roots: roots, policy: policy, now: now, signatures: signatures)
            .verdict(crl: evidence.endorsements.crl)
    }
}
