/// The bytes that travel through the ioctls of `linux/sev-guest.h`. All numbers are little-endian.
enum GuestMessage {
    /// The request numbers: _IOWR('S', n, struct snp_guest_request_ioctl).
    enum Call: UInt, Sendable {
        case report = 0xC020_5300
        case derivedKey = 0xC020_5301
        case extendedReport = 0xC020_5302
    }

    /// The message format of every request here. Version 2 exists for a field that the kernel does not copy.
    static let version: UInt8 = 1

    static let envelopeBytes = 32
    static let reportRequestBytes = 96
    static let extendedRequestBytes = 112
    static let derivedKeyRequestBytes = 32
    static let reportAnswerBytes = 4000
    static let derivedKeyAnswerBytes = 64
    /// Where `exitinfo2` lies in the envelope.
    static let exitInfoOffset = 24
    /// Where `certs_len` lies in the extended request: the driver writes the size needed there.
    static let certificateLengthOffset = 104

    /// struct snp_guest_request_ioctl. `exitinfo2` starts as zero: the driver writes it only when it is not.
    static func envelope(version: UInt8 = version, request: UInt64, answer: UInt64) -> [UInt8] {
        [version] + [UInt8](repeating: 0, count: 7) + bytes(request) + bytes(answer) + bytes(UInt64(0))
    }

    /// struct snp_report_req. The reserved bytes hold the firmware's choice of key: zero is "the VLEK if there is one".
    static func reportRequest(_ data: ReportData, vmpl: UInt32) -> [UInt8] {
        data.bytes + bytes(vmpl) + [UInt8](repeating: 0, count: 28)
    }

    /// struct snp_ext_report_req.
    static func extendedRequest(
        _ data: ReportData, vmpl: UInt32, certificates: UInt64, certificateBytes: UInt32
    ) -> [UInt8] {
        reportRequest(data, vmpl: vmpl) + bytes(certificates) + bytes(certificateBytes) + bytes(UInt32(0))
    }

    /// struct snp_derived_key_req.
    static func derivedKeyRequest(_ request: DerivedKeyRequest) -> [UInt8] {
        bytes(request.root.rawValue) + bytes(UInt32(0)) + bytes(request.fields.rawValue) + bytes(request.vmpl)
            + bytes(request.guestSVN) + bytes(request.tcbVersion)
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
