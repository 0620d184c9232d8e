import Cryptography

/// The signature at the end of a report: R and S, little-endian in 72 bytes each, of which 48 count (AMD 56860
/// table 138). That the others are zero was checked when the report was read.
struct ReportSignature {
    /// Big-endian, 48 bytes.
    let r: [UInt8]
    /// Big-endian, 48 bytes.
    let s: [UInt8]

    private static let rOffset = Report.signedByteCount
    private static let sOffset = Report.signedByteCount + 72

    init(of report: Report) {
        r = ReportSignature.scalar(report.raw, ReportSignature.rOffset)
        s = ReportSignature.scalar(report.raw, ReportSignature.sOffset)
    }

    /// Whether the key at `point` made this signature over the bytes of `report` as they were received.
    func isValid(over report: Report, by point: [UInt8]) -> Bool {
        guard let key = P384PublicKey(point: point) else { return false }
        return key.isValid(r: r, s: s, over: report.signedBytes)
    }

    private static func scalar(_ bytes: [UInt8], _ offset: Int) -> [UInt8] {
        bytes[offset..<offset + P384PublicKey.scalarBytes].reversed()
    }
}
