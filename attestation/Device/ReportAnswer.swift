/// What the firmware answers to a report request: a status, a size, and the report (MSG_REPORT_RSP in the driver's
/// 4000-byte buffer).
struct ReportAnswer: Hashable, Sendable {
    private static let sizeOffset = 4
    private static let headerBytes = 32
    /// Where REPORT_DATA lies in a report.
    private static let dataOffset = 0x50

    /// The report, 1184 bytes.
    let report: [UInt8]

    /// Reads the driver's buffer. What lies behind the report is not looked at: a later firmware may use it, and
    /// nothing of it is signed.
    init(_ buffer: [UInt8]) throws(DeviceFault) {
        guard buffer.count == GuestMessage.reportAnswerBytes else {
            throw .malformedAnswer(.reportSize(buffer.count))
        }
        let status = ReportAnswer.number(in: buffer, at: 0)
        guard status == 0 else { throw .firmwareStatus(status) }
        let size = Int(ReportAnswer.number(in: buffer, at: ReportAnswer.sizeOffset))
        guard size == DeviceEvidence.reportBytes else { throw .malformedAnswer(.reportSize(size)) }
        report = Array(buffer[ReportAnswer.headerBytes..<ReportAnswer.headerBytes + size])
    }

    /// Whether a report is over `data`. A device that answers another caller's question must not pass unseen.
    static func isOver(_ data: ReportData, _ report: [UInt8]) -> Bool {
        report.dropFirst(dataOffset).prefix(ReportData.byteCount).elementsEqual(data.bytes)
    }

    private static func number(in buffer: [UInt8], at offset: Int) -> UInt32 {
        buffer[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
