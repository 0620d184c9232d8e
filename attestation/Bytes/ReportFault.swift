/// Why bytes are not an attestation report that can be judged.
public struct ReportFault: Error, Hashable, Sendable {
    /// The kind of refusal, as verdicts name it.
    public enum Reason: String, Sendable {
        /// Wrong size, or a field that holds what AMD 56860 says it cannot.
        case format
        /// A layout that is not known here: only versions 2 to 5 are.
        case unsupportedVersion = "unsupported_version"
        /// Another signature than ECDSA on P-384 over SHA-384.
        case unsupportedAlgorithm = "unsupported_algorithm"
    }

    /// The kind of refusal.
    public let reason: Reason
    /// Which field, and what is wrong with it, in plain words.
    public let detail: String
}
