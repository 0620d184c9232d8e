import CLinux
import Glibc
import Primitives
import Synchronization

/// A program started by the demo: its output lines go to a file, and to whoever waits for one of them.
final class ChildProcess: Sendable {
    private struct Output {
        var lines: [String] = []
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let processID: pid_t
    private let output = Mutex(Output())

    /// Starts `path` with these arguments and the parent's environment, overridden by `environment`. Standard output
    /// and errors go to `log`, which is appended to. Nil if it cannot be started.
    static func start(_ path: String, _ arguments: [String], environment: [String: String], log: String)
        -> ChildProcess?
    {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        posix_spawn_file_actions_addclose(&actions, ends[1])
        var processID = pid_t()
        let started = withCStrings([path] + arguments) { words in
            withCStrings(merged(environment)) { variables in
                posix_spawn(&processID, path, &actions, nil, words, variables)
            }
        }
        close(ends[1])
        guard started == 0 else {
            close(ends[0])
            return nil
        }
        let child = ChildProcess(processID: processID)
        let source = ends[0]
        let reader = try? SystemThread.start(name: "child-output") { child.copy(from: source, to: log) }
        guard let reader else {
            kill(processID, SIGKILL)
            return nil
        }
        reader.detach()
        return child
    }

    private init(processID: pid_t) {
        self.processID = processID
    }

    /// The first line so far or to come that `matches` turns into something; nil once the process has ended without
    /// one.
    func firstLine<R: Sendable>(_ matches: @Sendable (String) -> R?) async -> R? {
        var seen = 0
        while true {
            let (fresh, hasEnded) = output.withLock { (Array($0.lines[seen...]), $0.hasEnded) }
            for line in fresh {
                if let found = matches(line) { return found }
            }
            seen += fresh.count
            if hasEnded { return nil }
            await withCheckedContinuation { continuation in
                let isStale = output.withLock { output in
                    guard output.lines.count == seen, !output.hasEnded else { return true }
                    output.waiters.append(continuation)
                    return false
                }
                if isStale { continuation.resume() }
            }
        }
    }

    /// Asks the process to end and waits until its output has ended, too.
    func stop() async {
        kill(processID, SIGTERM)
        _ = await firstLine { _ in Never?.none }
        var status: Int32 = 0
        waitpid(processID, &status, 0)
    }

    /// Reads until the process closes its output. On a thread of its own, because pipes block.
    private func copy(from source: CInt, to log: String) {
        let file = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        var rest: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = piece.withUnsafeMutableBytes { read(source, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            if file >= 0 { _ = write(file, piece, count) }
            rest += piece[..<count]
            while let end = rest.firstIndex(of: 10) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest.removeSubrange(...end)
                wake { $0.lines.append(line) }
            }
        }
        close(source)
        if file >= 0 { close(file) }
        wake { $0.hasEnded = true }
    }

    private func wake(_ change: (inout sending Output) -> Void) {
        let waiters = output.withLock { output in
            change(&output)
            defer { output.waiters = [] }
            return output.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private static func merged(_ changes: [String: String]) -> [String] {
        var variables = changes.map { "\($0.key)=\($0.value)" }
        var cursor = environ
        while let entry = cursor.pointee {
            let text = String(cString: entry)
            let name = text.prefix { $0 != "=" }
            if changes[String(name)] == nil { variables.append(text) }
            cursor += 1
        }
        return variables
    }

    private static func withCStrings<R>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
