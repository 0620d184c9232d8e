public import Cryptography

import Glibc

/// The driver behind `/dev/sev-guest`, spoken to by ioctl (Documentation/virt/coco/sev-guest.rst).
///
/// The file is opened for each request, so that a path that comes back works again. It need not be a character device:
/// what counts is who answers.
public struct SEVGuestDevice: AttestationDevice {
    /// Where the driver puts its file.
    public static let defaultPath = "/dev/sev-guest"
    /// The largest certificate table that the driver fetches (SEV_FW_BLOB_MAX_SIZE).
    public static let maximumCertificateBytes = 16 << 10
    /// The driver counts table space in pages.
    static let pageBytes = 4096

    /// `sevGuest`.
    public let kind = DeviceKind.sevGuest
    private let path: String
    private let vmpl: UInt32
    private let certificateBytes: Int?

    /// A device by its path.
    /// - vmpl: the privilege level that reports shall show, 0 (the highest) to 3; the guest's own or a higher number.
    /// - certificateBytes: space offered for certificates at first, a multiple of 4096. The most by default: a second
    ///   request is what a throttling host may refuse. Nil asks for none (SNP_GET_REPORT).
    public init(
        path: String = defaultPath, vmpl: UInt32 = 0, certificateBytes: Int? = maximumCertificateBytes
    ) {
        precondition(certificateBytes.map { $0 % SEVGuestDevice.pageBytes == 0 && $0 > 0 } ?? true, "whole pages")
        self.path = path
        self.vmpl = vmpl
        self.certificateBytes = certificateBytes
    }

    /// Throws `unavailable` unless the driver answers at the path. It asks nothing of the firmware: the driver refuses
    /// a message of version 0 before anything else, and no other kind of file knows the request.
    public func requireDriver() throws(DeviceFault) {
        let file = try open()
        defer { close(file) }
        guard SEVGuestDevice.isDriver(file) else { throw .unavailable(errno: ENOTTY) }
    }

    /// A report over `data`, with the host's certificate table unless none is wanted.
    public func evidence(for data: ReportData) throws(DeviceFault) -> DeviceEvidence {
        let file = try open()
        defer { close(file) }
        let evidence =
            if let certificateBytes {
                try extendedReport(file, data, space: certificateBytes)
            } else {
                DeviceEvidence(report: try report(file, data), certificates: [])
            }
        guard ReportAnswer.isOver(data, evidence.report) else { throw .malformedAnswer(.otherReportData) }
        return evidence
    }

    /// The key that the firmware derives. It goes from the kernel into locked memory and nowhere else.
    public func derivedKey(_ request: DerivedKeyRequest) throws(DeviceFault) -> Secret {
        let file = try open()
        defer { close(file) }
        var message = GuestMessage.derivedKeyRequest(request)
        var outcome = GuestOutcome(errorNumber: 0, exitInfo: 0)
        let answer: Secret
        let key: Secret
        do throws(SecretError) {
            answer = try Secret(count: GuestMessage.derivedKeyAnswerBytes) { answer in
                outcome = message.withUnsafeMutableBytes {
                    SEVGuestDevice.exchange(file, .derivedKey, request: $0, answer: answer)
                }
            }
            key = try Secret(count: SEVGuestDevice.keyBytes) { key in
                answer.withBytes { key.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[32...])) }
            }
        } catch {
            throw .memory(error)
        }
        try SEVGuestDevice.requireAnswer(outcome, file)
        let status = answer.withBytes { $0.loadUnaligned(as: UInt32.self).littleEndian }
        guard status == 0 else { throw .firmwareStatus(status) }
        return key
    }

    private static let keyBytes = 32

    private func open() throws(DeviceFault) -> CInt {
        let file = Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard file >= 0 else { throw .unavailable(errno: errno) }
        return file
    }

    private func report(_ file: CInt, _ data: ReportData) throws(DeviceFault) -> [UInt8] {
        var request = GuestMessage.reportRequest(data, vmpl: vmpl)
        var answer = [UInt8](repeating: 0, count: GuestMessage.reportAnswerBytes)
        let outcome = request.withUnsafeMutableBytes { request in
            answer.withUnsafeMutableBytes {
                SEVGuestDevice.exchange(file, .report, request: request, answer: $0)
            }
        }
        try SEVGuestDevice.requireAnswer(outcome, file)
        return try ReportAnswer(answer).report
    }

    /// Asks once with `space` bytes for certificates, and once more if the host names a size that it needs.
    private func extendedReport(_ file: CInt, _ data: ReportData, space: Int) throws(DeviceFault) -> DeviceEvidence {
        let first = extendedRequest(file, data, space: space)
        guard first.outcome.meaning == .bufferTooShort else { return try evidence(in: first, file) }
        let needed = first.certificateBytes
        guard needed > space, needed % SEVGuestDevice.pageBytes == 0 else {
            throw .malformedAnswer(.certificateLength(needed))
        }
        guard needed <= SEVGuestDevice.maximumCertificateBytes else { throw .certificatesTooLarge(bytes: needed) }
        let second = extendedRequest(file, data, space: needed)
        guard second.outcome.meaning != .bufferTooShort else {
            throw .malformedAnswer(.certificateLength(second.certificateBytes))
        }
        return try evidence(in: second, file)
    }

    private func evidence(in exchange: ExtendedExchange, _ file: CInt) throws(DeviceFault) -> DeviceEvidence {
        try SEVGuestDevice.requireAnswer(exchange.outcome, file)
        return DeviceEvidence(
            report: try ReportAnswer(exchange.answer).report, certificates: TableExtent.used(of: exchange.certificates))
    }

    /// One extended request with what came of it.
    private struct ExtendedExchange {
        let outcome: GuestOutcome
        let answer: [UInt8]
        let certificates: [UInt8]
        /// `certs_len` as the driver left it.
        let certificateBytes: Int
    }

    private func extendedRequest(_ file: CInt, _ data: ReportData, space: Int) -> ExtendedExchange {
        var answer = [UInt8](repeating: 0, count: GuestMessage.reportAnswerBytes)
        // The driver does not ask for an aligned address: it copies.
        var certificates = [UInt8](repeating: 0, count: space)
        var certificateBytes = 0
        let outcome = answer.withUnsafeMutableBytes { answer in
            certificates.withUnsafeMutableBytes { certificates in
                var request = GuestMessage.extendedRequest(
                    data, vmpl: vmpl, certificates: SEVGuestDevice.address(certificates),
                    certificateBytes: UInt32(clamping: space))
                return request.withUnsafeMutableBytes { request in
                    let outcome = SEVGuestDevice.exchange(file, .extendedReport, request: request, answer: answer)
                    certificateBytes = Int(
                        request.loadUnaligned(
                            fromByteOffset: GuestMessage.certificateLengthOffset, as: UInt32.self
                        ).littleEndian)
                    return outcome
                }
            }
        }
        return ExtendedExchange(
            outcome: outcome, answer: answer, certificates: certificates, certificateBytes: certificateBytes)
    }

    /// Throws unless there is an answer to read.
    private static func requireAnswer(_ outcome: GuestOutcome, _ file: CInt) throws(DeviceFault) {
        switch outcome.meaning {
        case .answered: return
        case .failed(let fault): throw fault
        case .bufferTooShort: throw .hypervisor(GuestOutcome.invalidLength)
        case .keyOrDriverMissing: throw isDriver(file) ? .keyWiped : .unavailable(errno: ENOTTY)
        }
    }

    /// Whether the driver is behind a file. A wiped message key does not hide it: the version is checked before.
    private static func isDriver(_ file: CInt) -> Bool {
        let empty = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        let outcome = exchange(file, .report, request: empty, answer: empty, version: 0)
        return outcome.errorNumber == EINVAL
    }

    private static func exchange(
        _ file: CInt, _ call: GuestMessage.Call, request: UnsafeMutableRawBufferPointer,
        answer: UnsafeMutableRawBufferPointer, version: UInt8 = GuestMessage.version
    ) -> GuestOutcome {
        var envelope = GuestMessage.envelope(version: version, request: address(request), answer: address(answer))
        return envelope.withUnsafeMutableBytes { envelope in
            guard let start = envelope.baseAddress else { return GuestOutcome(errorNumber: EFAULT, exitInfo: 0) }
            let result = ioctl(file, call.rawValue, start)
            let errorNumber = result == 0 ? 0 : errno
            let exitInfo = envelope.loadUnaligned(fromByteOffset: GuestMessage.exitInfoOffset, as: UInt64.self)
            return GuestOutcome(errorNumber: errorNumber, exitInfo: exitInfo.littleEndian)
        }
    }

    private static func address(_ memory: UnsafeMutableRawBufferPointer) -> UInt64 {
        UInt64(UInt(bitPattern: memory.baseAddress))
    }
}
