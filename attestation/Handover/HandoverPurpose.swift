import Cryptography

/// What a hash, a report or a seal of a hand-over is for. Each has a name of its own, which is hashed or sealed with
/// it, so that nothing made for one step is taken for another, or for the evidence that the gateway serves to anybody.
public enum HandoverPurpose: String, Hashable, Sendable, CaseIterable {
    /// The receiver's report.
    case request = "sealgate/handover/v1 request"
    /// The seal on the root: HPKE's `info`.
    case root = "sealgate/handover/v1 root"
    /// The giver's report.
    case answer = "sealgate/handover/v1 answer"

    /// REPORT_DATA of a hand-over: 32 bytes of a transcript's hash, then the 32 bytes of SHA-256 over the purpose's
    /// name. The second half tells it from every profile of `ReportProfile`, whose bytes 32 to 47 begin a key's name.
    public func reportData(_ transcriptHash: [UInt8]) -> ReportData? {
        ReportData(transcriptHash + label)
    }

    /// SHA-256 over the name: bytes 32 to 63 of REPORT_DATA.
    public var label: [UInt8] { SHA256.hash(Array(rawValue.utf8)) }
}
