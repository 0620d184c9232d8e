import Glibc
import Primitives
import Telemetry

/// A log whose lines a test reads as they come.
final class LogLines {
    struct NothingCame: Error {}

    private static let patienceMilliseconds: CInt = 10_000

    let log: Log
    private let source: CInt
    private let sink: CInt
    private var unread: [UInt8] = []

    init() {
        var ends: [CInt] = [-1, -1]
        precondition(pipe(&ends) == 0, "a pipe can be made")
        (source, sink) = (ends[0], ends[1])
        log = Log(descriptor: sink, clock: SystemClock())
    }

    deinit {
        log.close()
        close(sink)
        close(source)
    }

    /// The next line, waited for.
    func next() throws -> JSON {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeSubrange(...end) }
                return try JSON(parsing: Array(unread[..<end]))
            }
            var wait = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            guard poll(&wait, 1, LogLines.patienceMilliseconds) == 1 else { throw NothingCame() }
            var piece = [UInt8](repeating: 0, count: 4_096)
            let count = read(source, &piece, piece.count)
            guard count > 0 else { throw NothingCame() }
            unread += piece[..<count]
        }
    }
}
