import Glibc
import Synchronization

/// The simulator as a program of its own, with both devices on paths of this test.
public final class SimulatedMachine: Sendable {
    /// It did not start, or did not understand.
    public struct Unwell: Error {
        /// What it said.
        public let said: String
    }

    /// Where its devices are.
    public let scratch: Scratch
    private let process: pid_t
    private let output: CInt
    private let isRunning = Mutex(true)

    /// The sev-guest file.
    public var sevGuestPath: String { scratch.file("sev-guest") }
    /// The configfs-tsm folder.
    public var configFSPath: String { scratch.file("report") }
    /// Its root certificate, DER.
    public var rootPath: String { scratch.file("root.der") }

    /// Starts a simulator with further options, in the folder of an earlier one if that is given.
    public init(_ options: [String] = [], in scratch: Scratch? = nil) throws {
        self.scratch = try scratch ?? Scratch()
        if scratch == nil {
            try self.scratch.write("sev-guest")
            _ = try self.scratch.folder("report")
        }
        let paths = [
            "--sev-guest", self.scratch.file("sev-guest"), "--configfs", self.scratch.file("report"), "--control",
            self.scratch.file("control"), "--write-root", self.scratch.file("root.der"), "--keys",
            FixtureFolder.path,
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
    public func stop() {
        end(with: SIGTERM)
    }

    /// Kills it, so that its mounts stay behind without anybody to answer.
    public func kill() {
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
    public func tell(_ line: String) throws -> String {
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
    public func calls() throws -> Int {
        let said = try tell("calls")
        guard let count = Int(said) else { throw Unwell(said: said) }
        return count
    }
}
