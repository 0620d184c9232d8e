/// The 64 bytes that a guest chooses and the firmware signs with its report (REPORT_DATA, AMD 56860).
public struct ReportData: Hashable, Sendable {
    /// Bytes of the field.
    public static let byteCount = 64

    /// The bytes, in the report's order.
    public let bytes: [UInt8]

    /// Exactly 64 bytes; nil for any other count, since padding would give two contents one form.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == ReportData.byteCount else { return nil }
        self.bytes = bytes
    }
}
