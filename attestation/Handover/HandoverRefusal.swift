/// Why a root was not handed over, or not taken. Stable codes, which the log and the answer carry.
public enum HandoverRefusal: String, Hashable, Sendable, CaseIterable {
    /// There is no such session, or none any more.
    case unknownSession = "unknown_session"
    /// The session was open for too long.
    case staleSession = "stale_session"
    /// The session has served one request already.
    case usedSession = "used_session"
    /// The other side answers another nonce, or another session.
    case nonceMismatch = "nonce_mismatch"
    /// The report was made for something else than this step of a hand-over.
    case wrongPurpose = "wrong_purpose"
    /// The report is not over what was said.
    case notBound = "not_bound"
    /// AMD's hardware did not make the evidence.
    case notAuthentic = "not_authentic"
    /// The host can read the guest's memory by debugging.
    case debug
    /// The host can have the guest moved by a migration agent.
    case migration
    /// Another privilege level than one's own asked for the report.
    case vmpl
    /// The release list does not name the measurement.
    case measurementNotListed = "measurement_not_listed"
    /// The other product, or another model of it: security versions of the two say nothing about one another.
    case otherProduct = "other_product"
    /// Reported or committed TCB lie below the giver's own in some component.
    case lowerTCB = "lower_tcb"
    /// The TCB is below what the list or the operator's policy demands, or contradicts itself.
    case minimumTCB = "minimum_tcb"
    /// Another rule of the operator's policy is not met: chip, cloud, revocation, aliased memory.
    case evidenceRefused = "evidence_refused"
    /// The release list is not good any more.
    case listExpired = "list_expired"
    /// One's own evidence is not authentic, so there is nothing to compare with.
    case ownEvidence = "own_evidence"
    /// The giver is another gateway than the one that was asked for.
    case otherGateway = "other_gateway"
}
