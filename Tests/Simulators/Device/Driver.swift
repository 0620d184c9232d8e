import CProcessMemory
import Glibc
import Synchronization

/// The sev-guest driver: reads requests out of the calling process, asks the firmware, writes answers back.
final class Driver: Sendable {
    /// The request numbers of linux/sev-guest.h.
    private enum Call: UInt32 {
        case report = 0xC020_5300
        case derivedKey = 0xC020_5301
        case extendedReport = 0xC020_5302

        var requestBytes: Int {
            switch self {
            case .report: 96
            case .derivedKey: 32
            case .extendedReport: 112
            }
        }
    }

    private static let lengthOffset: UInt64 = 104

    private let firmware: Mutex<Firmware>
    /// The driver's one lock, held while a throttling host keeps a caller.
    private let turn = Mutex(0)

    init(_ firmware: sending Firmware) {
        self.firmware = Mutex(firmware)
    }

    /// Looks at the firmware or changes it, also while a request waits.
    func withFirmware<R: Sendable>(_ body: (inout sending Firmware) throws -> sending R) rethrows -> R {
        try firmware.withLock { try body(&$0) }
    }

    /// Answers one request, after the wait that its answer asks for.
    func ask(_ request: Firmware.Request) -> Firmware.Answer {
        turn.withLock { turns in
            turns += 1
            let answer = firmware.withLock { $0.answer(request) }
            wait(milliseconds: answer.waitMilliseconds)
            return answer
        }
    }

    /// Waits as long as the fault stands.
    private func wait(milliseconds: Int) {
        var left = milliseconds
        while left > 0, withFirmware({ $0.fault == .throttled }) {
            usleep(5_000)  // pause: the throttling host's time
            left -= 5
        }
    }

    /// One ioctl. `envelope` is the caller's snp_guest_request_ioctl, 32 bytes; it comes back as the driver leaves it.
    func ioctl(_ number: UInt32, from process: Int32, _ envelope: [UInt8]) -> (result: Int32, envelope: [UInt8]) {
        guard envelope.count == 32, envelope[0] != 0 else { return (-EINVAL, envelope) }
        if withFirmware({ $0.isKeyWiped }) { return (-ENOTTY, envelope) }
        guard let call = Call(rawValue: number) else { return (-ENOTTY, envelope) }
        let answer = exchange(
            call, process, request: Little.number(UInt64.self, in: envelope, at: 8),
            response: Little.number(UInt64.self, in: envelope, at: 16))
        return (-answer.errorNumber, envelope[..<24] + (answer.exitInfo.map(Little.bytes) ?? Array(envelope[24...])))
    }

    private func exchange(
        _ call: Call, _ process: Int32, request: UInt64, response: UInt64
    ) -> Firmware.Answer {
        guard request != 0, response != 0 else { return Firmware.Answer(errorNumber: EINVAL, exitInfo: 0xFF) }
        let badAddress = Firmware.Answer(errorNumber: EFAULT, exitInfo: 0xFF)
        guard let bytes = Driver.read(process, request, call.requestBytes) else { return badAddress }
        let answer = ask(Driver.request(call, bytes))
        let certificates = Little.number(UInt64.self, in: bytes, at: 96)
        var isWritten = Driver.write(process, response, answer.response)
        if !answer.certificates.isEmpty {
            isWritten = Driver.write(process, certificates, answer.certificates) && isWritten
        }
        if let size = answer.certificateBytes {
            isWritten = Driver.write(process, request + Driver.lengthOffset, Little.bytes(size)) && isWritten
        }
        return isWritten ? answer : badAddress
    }

    private static func request(_ call: Call, _ bytes: [UInt8]) -> Firmware.Request {
        let data = Array(bytes.prefix(64))
        let vmpl = Little.number(UInt32.self, in: bytes, at: 64)
        switch call {
        case .report: return .report(data: data, vmpl: vmpl)
        case .derivedKey: return .derivedKey(DerivedKeyFields(bytes))
        case .extendedReport:
            let space = Little.number(UInt32.self, in: bytes, at: 104)
            let isWanted = space != 0 && Little.number(UInt64.self, in: bytes, at: 96) != 0
            return .extendedReport(data: data, vmpl: vmpl, space: isWanted ? space : nil)
        }
    }

    private static func read(_ process: Int32, _ address: UInt64, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return process_memory_read(process, address, &bytes, count) == 0 ? bytes : nil
    }

    private static func write(_ process: Int32, _ address: UInt64, _ bytes: [UInt8]) -> Bool {
        bytes.isEmpty || process_memory_write(process, address, bytes, bytes.count) == 0
    }
}
