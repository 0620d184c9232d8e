/// Why a text is no evidence bundle.
public struct BundleFault: Error, Hashable, Sendable {
    /// What is wrong with a member.
    public enum Problem: String, Hashable, Sendable {
        /// It is not there.
        case missing
        /// It has not the form it should have.
        case malformed
        /// Its value is none that is known here.
        case unknown
        /// It is longer than anything honest.
        case tooLarge = "too large"
    }

    /// The member, `certificates.chain`.
    public let member: String
    /// What is wrong with it.
    public let problem: Problem
}
