public import Primitives

import Glibc
import Synchronization

/// The structured log: one JSON object a line, ids and numbers only.
///
/// Callers hand over lines without waiting: a thread of its own writes them, so that a slow reader of standard output
/// never holds up an event loop. When more than `maximumPendingBytes` wait, new lines are dropped and counted; the next
/// line that fits tells how many.
public final class Log: Sendable {
    /// One member of a line. There is deliberately no case for content: prompts, keys, signatures and bodies have
    /// no way in.
    public enum Value: Sendable {
        /// An id, code, route or other text of ours, at most 200 characters of it.
        case id(String)
        /// A count, duration (unit in the name) or status.
        case number(Int64)
        /// Yes or no.
        case flag(Bool)
    }

    /// After the first line the thread waits this long for company, in microseconds: a busy gateway then wakes it a
    /// hundred times a second instead of once a request.
    static let gatherMicroseconds: UInt32 = 10_000
    /// Waiting lines beyond this are dropped: a minute of a busy node, and no threat to memory.
    public static let maximumPendingBytes = 4 << 20

    private struct Pending {
        var bytes: [UInt8] = []
        var dropped: Int64 = 0
        var isWriting = false
        var isClosed = false
    }

    private let pending = Mutex(Pending())
    private let wake: Semaphore
    private let idle: Semaphore
    private let clock: any WallClock
    private let descriptor: Int32

    /// A log that writes to `descriptor` (1 for standard output).
    public init(descriptor: Int32, clock: some WallClock) {
        self.descriptor = descriptor
        self.clock = clock
        wake = Semaphore()
        idle = Semaphore()
        do throws(SystemThread.Refused) {
            try SystemThread.start(name: "log") { [self] in writeUntilClosed() }.detach()
        } catch {
            preconditionFailure("the system refuses a thread at the very start")
        }
    }

    /// Adds a line `{"time":…,"event":…,…}`. Never blocks, never fails.
    public func write(_ event: String, _ members: [(name: String, value: Value)] = []) {
        var line = Array("{\"time\":".utf8)
        line.reserveCapacity(256)
        JSON.string(clock.now().iso8601).write(into: &line)
        Log.append("event", .string(event), to: &line)
        for member in members {
            switch member.value {
            case .id(let text): Log.append(member.name, .string(String(text.prefix(200))), to: &line)
            case .number(let value): Log.append(member.name, .integer(value), to: &line)
            case .flag(let value): Log.append(member.name, .bool(value), to: &line)
            }
        }
        line.append(UInt8(ascii: "}"))
        add(line)
    }

    private static func append(_ name: String, _ value: JSON, to line: inout [UInt8]) {
        line.append(UInt8(ascii: ","))
        JSON.string(name).write(into: &line)
        line.append(UInt8(ascii: ":"))
        value.write(into: &line)
    }

    /// Waits until every line handed over so far is written, then stops the thread. Later lines are dropped.
    public func close() {
        let wasOpen = pending.withLock { pending in
            defer { pending.isClosed = true }
            return !pending.isClosed
        }
        guard wasOpen else { return }
        wake.signal()
        idle.wait()
    }

    private func add(_ line: [UInt8]) {
        let added = pending.withLock { pending in
            guard !pending.isClosed else { return false }
            guard pending.bytes.count + line.count < Log.maximumPendingBytes else {
                pending.dropped += 1
                return false
            }
            if pending.dropped > 0 {
                let note: JSON = ["event": "log_lines_dropped", "count": .integer(pending.dropped)]
                note.write(into: &pending.bytes)
                pending.bytes.append(10)
                pending.dropped = 0
            }
            pending.bytes.append(contentsOf: line)
            pending.bytes.append(10)
            defer { pending.isWriting = true }
            return !pending.isWriting
        }
        if added { wake.signal() }
    }

    private func writeUntilClosed() {
        while true {
            wake.wait()
            if !pending.withLock({ $0.isClosed }) { usleep(Log.gatherMicroseconds) }
            while true {
                let (bytes, closed) = pending.withLock { pending in
                    let bytes = pending.bytes
                    pending.bytes = []
                    if bytes.isEmpty { pending.isWriting = false }
                    return (bytes, pending.isClosed)
                }
                if bytes.isEmpty {
                    if closed {
                        idle.signal()
                        return
                    }
                    break
                }
                writeAll(bytes)
            }
        }
    }

    /// Writes everything; a descriptor that fails for good loses the lines, which is all a log can do.
    private func writeAll(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if errno == EAGAIN {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&wait, 1, 1_000)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
