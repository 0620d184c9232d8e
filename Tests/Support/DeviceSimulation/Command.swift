public import Glibc

/// A program that is run and read.
public struct Command {
    /// The system would not start it.
    public struct DidNotStart: Error {
        /// The program.
        public let path: String
        /// errno.
        public let code: CInt
    }

    /// Exit code; 128 and the signal's number for a program that was killed.
    public let status: CInt
    /// What it wrote to both outputs.
    public let output: String

    /// Runs a program to its end.
    public static func run(_ path: String, _ arguments: [String]) throws -> Command {
        let (process, output) = try start(path, arguments, withErrors: true)
        defer { close(output) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(output, &piece, piece.count)
            if count <= 0 { break }
            bytes += piece[..<count]
        }
        return Command(status: wait(for: process), output: String(decoding: bytes, as: UTF8.self))
    }

    /// Starts a program with a pipe from its output.
    public static func start(
        _ path: String, _ arguments: [String], withErrors: Bool = false
    ) throws -> (process: pid_t, output: CInt) {
        var ends: [CInt] = [0, 0]
        guard pipe(&ends) == 0 else { throw DidNotStart(path: path, code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        if withErrors { posix_spawn_file_actions_adddup2(&actions, ends[1], 2) }
        // The test runner's threads may block signals; a program starts with none blocked.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var process = pid_t()
        var argv = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        let code = posix_spawn(&process, path, &actions, &attributes, &argv, environ)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw DidNotStart(path: path, code: code)
        }
        return (process, ends[0])
    }

    /// Waits for a program's end.
    @discardableResult
    public static func wait(for process: pid_t) -> CInt {
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
    }

    /// A program built beside the tests.
    public static func built(_ name: String) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.assumingMemoryBound(to: CChar.self).baseAddress.map {
                readlink("/proc/self/exe", $0, bytes.count)
            }
        }
        let own = String(decoding: buffer.prefix(max(0, count ?? 0)), as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
    }
}
