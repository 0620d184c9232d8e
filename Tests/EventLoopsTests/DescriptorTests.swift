import CLinux
import Glibc
import Synchronization
import Testing

@testable import EventLoops

@Suite("Descriptors on a loop")
struct DescriptorTests {
    @Test("are reported when readable, again and again until they are read")
    func levelTriggered() async throws {
        try await withLoop { loop in
            let (near, far) = try pair()
            defer { close(far) }
            let reports = Mutex(0)
            await withCheckedContinuation { continuation in
                loop.execute {
                    let handler = Handler { _ in
                        let count = reports.withLock { count in
                            count += 1
                            return count
                        }
                        guard count == 3 else { return }
                        loop.deregister(near)
                        close(near)
                        continuation.resume()
                    }
                    #expect(throws: Never.self) { try loop.register(near, .read, handler) }
                    write(far, "x", 1)
                }
            }
            #expect(reports.withLock { $0 } == 3)
        }
    }

    @Test("are reported for what was asked, and for the peer's leaving")
    func interests() async throws {
        try await withLoop { loop in
            let (near, far) = try pair()
            let seen = Mutex<[IOEvents]>([])
            await withCheckedContinuation { continuation in
                loop.execute {
                    let handler = Handler { events in
                        seen.withLock { $0.append(events) }
                        if events.contains(.peerClosed) {
                            loop.deregister(near)
                            close(near)
                            continuation.resume()
                        } else {
                            #expect(throws: Never.self) { try loop.update(near, .peerClosed) }
                            close(far)
                        }
                    }
                    #expect(throws: Never.self) { try loop.register(near, .write, handler) }
                }
            }
            #expect(seen.withLock { $0.first } == .write)
            #expect(seen.withLock { $0.last?.contains(.peerClosed) } == true)
        }
    }

    @Test("bring no event after they were deregistered, even when it was already fetched")
    func staleEvents() async throws {
        try await withLoop { loop in
            let first = try pair()
            let second = try pair()
            let reports = Mutex(0)
            await withCheckedContinuation { continuation in
                loop.execute {
                    // Both become ready in one turn; whichever comes first takes the other out.
                    for (mine, other) in [(first.0, second.0), (second.0, first.0)] {
                        let handler = Handler { _ in
                            reports.withLock { $0 += 1 }
                            loop.deregister(mine)
                            loop.deregister(other)
                            _ = loop.schedule(afterMilliseconds: 2) { continuation.resume() }
                        }
                        #expect(throws: Never.self) { try loop.register(mine, .read, handler) }
                    }
                    write(first.1, "x", 1)
                    write(second.1, "x", 1)
                }
            }
            #expect(reports.withLock { $0 } == 1)
            for descriptor in [first.0, first.1, second.0, second.1] { close(descriptor) }
        }
    }

    @Test("whose number is used again get none of the events of the one before")
    func reusedNumber() async throws {
        try await withLoop { loop in
            let first = try pair()
            let second = try pair()
            let reports = Mutex<[String]>([])
            await withCheckedContinuation { continuation in
                loop.execute {
                    for (mine, other) in [(first.0, second.0), (second.0, first.0)] {
                        let handler = Handler { _ in
                            reports.withLock { $0.append("old") }
                            loop.deregister(mine)
                            loop.deregister(other)
                            // The other's event is fetched already; its number now names a pipe that is silent.
                            var ends: [CInt] = [-1, -1]
                            #expect(pipe(&ends) == 0)
                            #expect(dup2(ends[0], other) == other)
                            let heir = Handler { _ in reports.withLock { $0.append("new") } }
                            #expect(throws: Never.self) { try loop.register(other, .read, heir) }
                            _ = loop.schedule(afterMilliseconds: 2) {
                                loop.deregister(other)
                                for end in ends { close(end) }
                                continuation.resume()
                            }
                        }
                        #expect(throws: Never.self) { try loop.register(mine, .read, handler) }
                    }
                    write(first.1, "x", 1)
                    write(second.1, "x", 1)
                }
            }
            #expect(reports.withLock { $0 } == ["old"])
            for descriptor in [first.0, first.1, second.0, second.1] { close(descriptor) }
        }
    }

    @Test("that the kernel refuses are reported with the call's name and leave nothing behind")
    func refusal() async throws {
        try await withLoop { loop in
            let error = Mutex<SystemError?>(nil)
            await withCheckedContinuation { continuation in
                loop.execute {
                    for _ in 0..<2 {
                        do throws(SystemError) {
                            try loop.register(900_000, .read, Handler { _ in })
                        } catch {
                            #expect(error.call == "epoll_ctl")
                            #expect(error.code == EBADF)
                            #expect(error.description == "epoll_ctl: Bad file descriptor")
                        }
                    }
                    loop.deregister(900_000)
                    continuation.resume()
                }
            }
            #expect(error.withLock { $0 } == nil)
        }
    }

    @Test("deliver signals as calls on the loop")
    func signals() async throws {
        try await withLoop { loop in
            let (signals, continuation) = AsyncStream.makeStream(of: CInt.self)
            let watcher = try await SignalWatcher.start([SIGUSR2, SIGHUP], on: loop) { signal in
                continuation.yield(loop.inLoop ? signal : -1)
            }
            var iterator = signals.makeAsyncIterator()
            // raise(3) aims at the loop's own thread, which blocks every signal; the rest of the test process does not.
            for signal in [SIGUSR2, SIGHUP, SIGUSR2] {
                loop.execute { raise(signal) }
                #expect(await iterator.next() == signal)
            }
            watcher.stop()
        }
    }

    private func pair() throws -> (CInt, CInt) {
        var ends: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
        return (ends[0], ends[1])
    }
}

private final class Handler: IOHandler {
    private let body: (IOEvents) -> Void

    init(_ body: @escaping (IOEvents) -> Void) {
        self.body = body
    }

    func ready(_ events: IOEvents) {
        body(events)
    }
}
