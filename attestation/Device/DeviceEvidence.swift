/// What the device gave for one request. Nothing of it is verified yet: the host chooses the certificates, and only
/// the signature says whose report it is.
public struct DeviceEvidence: Hashable, Sendable {
    /// Bytes of a report (SEV-SNP firmware ABI, table 23).
    public static let reportBytes = 1184

    /// The report, 1184 bytes, as the firmware wrote it.
    public let report: [UInt8]
    /// The host's certificate table as it came, cut to its used size. Empty when the host gives none.
    public let certificates: [UInt8]

    /// Evidence of one request.
    public init(report: [UInt8], certificates: [UInt8]) {
        self.report = report
        self.certificates = certificates
    }
}
