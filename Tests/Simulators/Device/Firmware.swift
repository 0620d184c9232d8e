import AttestationFixtures
import Cryptography
import Glibc
import Primitives

/// The firmware, the host and the driver's rules as one value: a request goes in, an answer comes out.
struct Firmware {
    /// A request as the driver understood it.
    enum Request {
        case report(data: [UInt8], vmpl: UInt32)
        /// `space` is nil when no certificates are wanted.
        case extendedReport(data: [UInt8], vmpl: UInt32, space: UInt32?)
        case derivedKey(DerivedKeyFields)
    }

    /// What the driver then does.
    struct Answer {
        var errorNumber: CInt = 0
        /// What it writes to exitinfo2; nil when it leaves it alone.
        var exitInfo: UInt64?
        /// For the response buffer.
        var response: [UInt8] = []
        /// For the certificate buffer.
        var certificates: [UInt8] = []
        /// For certs_len.
        var certificateBytes: UInt32?
        /// How long it keeps the caller first.
        var waitMilliseconds = 0
    }

    static let pageBytes = 4096
    static let maximumTableBytes = 4 * pageBytes
    private static let responseBytes = 4000

    var machine: Machine
    var guest = Guest()
    var fault = FirmwareFault.none
    var hasTable: Bool
    let throttleMilliseconds: Int
    /// Requests that reached the firmware's door.
    private(set) var calls = 0
    private var isWiped = false

    init(machine: Machine, hasTable: Bool, throttleMilliseconds: Int) {
        self.machine = machine
        self.hasTable = hasTable
        self.throttleMilliseconds = throttleMilliseconds
    }

    /// Whether the driver still has its message key.
    var isKeyWiped: Bool { isWiped || fault == .wiped }

    /// A new launch of the virtual machine.
    mutating func restart() {
        isWiped = false
        guest.launchSecret = SystemRandom().bytes(32)
    }

    /// Answers a request. The caller keeps to one at a time, as the driver's lock does.
    mutating func answer(_ request: Request) -> Answer {
        if isKeyWiped { return Answer(errorNumber: ENOTTY) }
        if case .extendedReport(_, _, let space?) = request,
            space > Firmware.maximumTableBytes || space % UInt32(Firmware.pageBytes) != 0
        {
            return Answer(errorNumber: EINVAL, exitInfo: 0xFF)
        }
        calls += 1
        if let failure = failure() { return failure }
        switch request {
        case .report(let data, let vmpl): return Answer(response: report(data, vmpl))
        case .extendedReport(let data, let vmpl, let space): return extendedReport(data, vmpl, space ?? 0)
        case .derivedKey(let fields): return Answer(response: derivedKey(fields))
        }
    }

    /// Failures below the message: the driver wipes its key after those that it cannot explain.
    private mutating func failure() -> Answer? {
        switch fault {
        case .busy: return Answer(errorNumber: ETIMEDOUT, exitInfo: 2 << 32)
        case .throttled:
            return Answer(errorNumber: ETIMEDOUT, exitInfo: 2 << 32, waitMilliseconds: throttleMilliseconds)
        case .hypervisorError:
            isWiped = true
            return Answer(errorNumber: EIO, exitInfo: 3 << 32)
        case .firmwareError:
            isWiped = true
            return Answer(errorNumber: EIO, exitInfo: 0x0A)
        default: return nil
        }
    }

    /// The certificates of the host, padded to whole pages; empty when it has none.
    private var table: [UInt8] {
        guard hasTable && fault != .emptyTable else { return [] }
        var table = machine.platform.table().bytes
        let pages: Int =
            switch fault {
            case .invalidLength, .invalidLengthQuiet, .invalidLengthForEver: 4
            case .tableTooLarge: 5
            default: (table.count + Firmware.pageBytes - 1) / Firmware.pageBytes
            }
        table += [UInt8](repeating: 0, count: max(0, pages * Firmware.pageBytes - table.count))
        return table
    }

    private func extendedReport(_ data: [UInt8], _ vmpl: UInt32, _ space: UInt32) -> Answer {
        let table = table
        if table.count > Int(space) || (fault == .invalidLengthForEver && !table.isEmpty) {
            return Answer(
                errorNumber: fault == .invalidLengthQuiet ? 0 : EIO, exitInfo: 1 << 32,
                certificateBytes: UInt32(table.count))
        }
        let rest = [UInt8](repeating: 0, count: Int(space) - table.count)
        return Answer(response: report(data, vmpl), certificates: table + rest)
    }

    /// The 4000 bytes of a report's answer.
    private func report(_ data: [UInt8], _ vmpl: UInt32) -> [UInt8] {
        if let status = status(vmpl: vmpl) { return Firmware.response(status: status, Firmware.responseBytes) }
        let signed = try? machine.platform.report(version: guest.reportVersion) { report in
            guest.fill(&report)
            report.vmpl = vmpl
            report.reportData = fault == .otherReportData ? data.map { ~$0 } : data
        }
        guard let signed else { return Firmware.response(status: 0x27, Firmware.responseBytes) }
        let size: UInt32 =
            switch fault {
            case .reportSize: 1183
            case .reportSizeZero: 0
            case .reportSizeLarge: 4000
            default: UInt32(signed.count)
            }
        return Firmware.response(status: 0, size: size, content: signed, Firmware.responseBytes)
    }

    /// Why the firmware refuses a well-formed message.
    private func status(vmpl: UInt32) -> UInt32? {
        switch fault {
        case .status16: 0x16
        case .status27: 0x27
        default: vmpl < ownVMPL || vmpl > 3 ? 0x16 : nil
        }
    }

    private var ownVMPL: UInt32 { fault == .vmplTooLow ? 1 : guest.vmpl }

    /// The 64 bytes of a derived key's answer.
    private func derivedKey(_ fields: DerivedKeyFields) -> [UInt8] {
        let refusal = status(vmpl: fields.vmpl) ?? (fields.isAllowed(guest, machine) ? nil : 0x16)
        guard refusal == nil, let key = fields.key(guest, machine) else {
            return Firmware.response(status: refusal ?? 0x27, 64)
        }
        return Firmware.response(status: 0, content: key, 64)
    }

    private static func response(
        status: UInt32, size: UInt32 = 0, content: [UInt8] = [], _ count: Int
    ) -> [UInt8] {
        let bytes = Little.bytes(status) + Little.bytes(size) + [UInt8](repeating: 0, count: 24) + content
        return bytes + [UInt8](repeating: 0, count: count - bytes.count)
    }
}
