import AttestationFixtures
import Glibc
import Primitives

/// Takes commands while the simulator runs: a line in, a line out, over a unix socket.
struct Control: Sendable {
    private let driver: Driver

    init(_ driver: Driver) {
        self.driver = driver
    }

    /// Carries out one line and says `ok`, what was asked for, or what is wrong.
    func answer(_ line: String) -> String {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard let command = words.first else { return "error: empty" }
        let value = words.count > 1 ? words[1] : ""
        return driver.withFirmware { firmware in
            do {
                return try Control.carryOut(command, value, &firmware) ?? "error: \(command) \(value)?"
            } catch {
                return "error: \(error)"
            }
        }
    }

    /// Nil when command or value make no sense.
    private static func carryOut(_ command: String, _ value: String, _ firmware: inout Firmware) throws -> String? {
        switch command {
        case "calls": return "\(firmware.calls)"
        case "restart": firmware.restart()
        case "fault":
            guard let fault = FirmwareFault(rawValue: value) else { return nil }
            firmware.fault = fault
        case "table":
            guard value == "full" || value == "empty" else { return nil }
            firmware.hasTable = value == "full"
        case "host": firmware.machine = try firmware.machine.changed(named: value)
        case "kind":
            guard let kind = FixtureVEK.Kind(rawValue: value) else { return nil }
            firmware.machine = try firmware.machine.changed { $0.kind = kind }
        case "flaw":
            let flaw = EvidenceFlaw(rawValue: value)
            guard flaw != nil || value == "none" else { return nil }
            firmware.machine = try firmware.machine.changed { $0.flaw = flaw }
        case "tcb":
            guard let tcb = tcb(value, from: firmware.machine.tcb) else { return nil }
            firmware.machine = try firmware.machine.changed { $0.tcb = tcb }
        default: return change(command, value, &firmware.guest) ? "ok" : nil
        }
        return "ok"
    }

    private static func change(_ command: String, _ value: String, _ guest: inout Guest) -> Bool {
        if command == "measurement" {
            guard let bytes = Guest.Measurement(rawValue: value)?.bytes ?? Hex.decode(value), bytes.count == 48 else {
                return false
            }
            guest.measurement = bytes
            return true
        }
        guard let number = UInt64(value) else { return false }
        switch command {
        case "policy": guest.policy = number
        case "svn": guest.guestSVN = UInt32(clamping: number)
        case "vmpl": guest.vmpl = UInt32(clamping: number)
        case "version": guest.reportVersion = UInt32(clamping: number)
        default: return false
        }
        return true
    }

    /// `snp=24,microcode=90`: the parts named change.
    private static func tcb(_ text: String, from tcb: FixtureTCB) -> FixtureTCB? {
        var tcb = tcb
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=")
            guard sides.count == 2, let number = UInt8(sides[1]) else { return nil }
            switch sides[0] {
            case "fmc": tcb.fmc = number
            case "bootloader": tcb.bootloader = number
            case "tee": tcb.tee = number
            case "snp": tcb.snp = number
            case "microcode": tcb.microcode = number
            default: return nil
            }
        }
        return tcb
    }

    /// Listens at `path`, one caller after another, in a thread of its own.
    func listen(at path: String) throws {
        unlink(path)
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw FUSEMount.Refused(step: "control path", code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, Glibc.listen(listener, 8) == 0 else { throw FUSEMount.Refused(step: path, code: errno) }
        try SystemThread.start(name: "control") { serve(listener) }.detach()
    }

    private func serve(_ listener: CInt) {
        while true {
            let caller = accept(listener, nil, nil)
            guard caller >= 0 else { continue }
            var pending: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(caller, &piece, piece.count)
                guard count > 0 else { break }
                pending += piece[..<count]
                while let end = pending.firstIndex(of: 10) {
                    let reply = Array((answer(String(decoding: pending[..<end], as: UTF8.self)) + "\n").utf8)
                    pending.removeSubrange(...end)
                    _ = write(caller, reply, reply.count)
                }
            }
            close(caller)
        }
    }
}
