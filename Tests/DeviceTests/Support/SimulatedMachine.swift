import AttestationFixtures
import Glibc
import Synchronization
import Testing

@testable import Attestation

/// The simulator as a program of its own, with both devices on paths of this test.
final class SimulatedMachine: Sendable {
    struct Unwell: Error {
        let said: String
    }

    /// The authorities' keys take seconds to make, so all simulators of a run share them.
    private static let keys = Result { try Scratch() }

    let scratch: Scratch
    private let process: pid_t
    private let output: CInt
    private let isRunning = Mutex(true)

    var sevGuestPath: String { scratch.file("sev-guest") }
    var configFSPath: String { scratch.file("report") }
    var rootPath: String { scratch.file("root.der") }

    init(_ options: [String] = [], in scratch: Scratch? = nil) throws {
        self.scratch = try scratch ?? Scratch()
        if scratch == nil {
            try self.scratch.write("sev-guest")
            _ = try self.scratch.folder("report")
        }
        let keys = try SimulatedMachine.keys.get().path
        let paths = [
            "--sev-guest", self.scratch.file("sev-guest"), "--configfs", self.scratch.file("report"), "--control",
            self.scratch.file("control"), "--write-root", self.scratch.file("root.der"), "--keys", keys,
        ]
        (process, output) = try Command.start(
            Command.built("sev-guest-simulator"), paths + ["--die-with-parent"] + options)
        var line = [UInt8](repeating: 0, count: 64)
        let count = read(output, &line, line.count)
        let said = String(decoding: line.prefix(max(0, count)), as: UTF8.self)
        guard said == "ready\n" else { throw Unwell(said: said) }
    }

    deinit {
        stop()
        close(output)
    }

    /// Ends the simulator and waits for it.
    func stop() {
        end(with: SIGTERM)
    }

    /// Kills it, so that its mounts stay behind without anybody to answer.
    func kill() {
        end(with: SIGKILL)
    }

    private func end(with signal: CInt) {
        let wasRunning = isRunning.withLock { isRunning in
            defer { isRunning = false }
            return isRunning
        }
        guard wasRunning else { return }
        Glibc.kill(process, signal)
        Command.wait(for: process)
    }

    /// Changes the running simulator; returns what it says.
    @discardableResult
    func tell(_ line: String) throws -> String {
        let caller = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(caller) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(scratch.file("control").utf8)) }
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(caller, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let bytes = Array((line + "\n").utf8)
        guard connected == 0, write(caller, bytes, bytes.count) == bytes.count else { throw Unwell(said: line) }
        var reply = [UInt8](repeating: 0, count: 256)
        let count = read(caller, &reply, reply.count)
        let said = String(decoding: reply.prefix(max(0, count)), as: UTF8.self)
        guard said.hasSuffix("\n"), !said.hasPrefix("error") else { throw Unwell(said: "\(line): \(said)") }
        return String(said.dropLast())
    }

    /// Requests that have reached the simulated firmware.
    func calls() throws -> Int { try #require(Int(try tell("calls"))) }

    func sevGuest(vmpl: UInt32 = 0, certificateBytes: Int? = SEVGuestDevice.maximumCertificateBytes) -> SEVGuestDevice {
        SEVGuestDevice(path: sevGuestPath, vmpl: vmpl, certificateBytes: certificateBytes)
    }

    func configFS(vmpl: UInt32 = 0) -> ConfigFSDevice { ConfigFSDevice(path: configFSPath, vmpl: vmpl) }

    /// Either device.
    func device(_ kind: DeviceKind, vmpl: UInt32 = 0) -> any AttestationDevice {
        switch kind {
        case .sevGuest: sevGuest(vmpl: vmpl)
        case .configfsTSM: configFS(vmpl: vmpl)
        }
    }
}

/// What a call throws; nil if it throws nothing.
func fault<R>(of body: () throws(DeviceFault) -> R) -> DeviceFault? {
    do throws(DeviceFault) {
        _ = try body()
        return nil
    } catch {
        return error
    }
}

/// REPORT_DATA that is 64 times the same byte.
func reportData(_ byte: UInt8) throws -> ReportData {
    try #require(ReportData([UInt8](repeating: byte, count: 64)))
}
