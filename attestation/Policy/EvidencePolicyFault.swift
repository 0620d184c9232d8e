/// Why a text is not an evidence policy.
public struct EvidencePolicyFault: Error, Hashable, Sendable {
    /// Where: `minimumTCB[1].snp`; empty for the whole.
    public let path: String
    /// What is wrong there, in plain words.
    public let detail: String
}
