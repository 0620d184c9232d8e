/// A report and what vouches for its key.
public struct Evidence: Hashable, Sendable {
    /// The report's bytes, not yet looked at.
    public var report: [UInt8]
    /// Certificates and revocation list.
    public var endorsements: Endorsements

    /// Evidence from its parts.
    public init(report: [UInt8], endorsements: Endorsements) {
        self.report = report
        self.endorsements = endorsements
    }
}
