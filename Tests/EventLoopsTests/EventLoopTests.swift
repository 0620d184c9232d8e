import CLinux
import Glibc
import Synchronization
import Testing

@testable import EventLoops

@Suite("An event loop")
struct EventLoopTests {
    @Test("runs closures from any thread on its own, in order")
    func execution() async throws {
        try await withLoop { loop in
            #expect(!loop.inLoop)
            let seen = Mutex<[Int]>([])
            await withCheckedContinuation { continuation in
                for number in 0..<1_000 {
                    loop.execute { seen.withLock { $0.append(loop.inLoop ? number : -1) } }
                }
                loop.execute { continuation.resume() }
            }
            #expect(seen.withLock { $0 } == Array(0..<1_000))
        }
    }

    @Test("runs a closure given on the loop after the present callback, not inside it")
    func deferral() async throws {
        try await withLoop { loop in
            let order = Mutex<[String]>([])
            await withCheckedContinuation { continuation in
                loop.execute {
                    loop.execute {
                        order.withLock { $0.append("inner") }
                        continuation.resume()
                    }
                    order.withLock { $0.append("outer") }
                }
            }
            #expect(order.withLock { $0 } == ["outer", "inner"])
        }
    }

    @Test("keeps every part of its tasks on its thread")
    func tasks() async throws {
        try await withLoop { loop in
            let places = Shared<[String: Bool]>([:])
            let counter = Counter()
            await loop.task {
                places.withLock { $0["start"] = loop.inLoop }
                await Task.yield()
                places.withLock { $0["after a yield"] = loop.inLoop }
                try? await Task.sleep(nanoseconds: 1_000)  // pause: a peer that is slow on purpose
                places.withLock { $0["after a sleep"] = loop.inLoop }
                await counter.increment(on: loop)
                places.withLock { $0["after an actor call"] = loop.inLoop }
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { places.withLock { $0["in a child"] = loop.inLoop } }
                }
                let inherits = await Task { loop.inLoop }.value
                places.withLock { $0["plain tasks leave it"] = !inherits }
            }.value
            #expect(places.withLock { $0.count } == 6)
            #expect(places.withLock { $0.filter { !$0.value }.keys.sorted() } == [])
            #expect(await counter.wasOnLoop)
        }
    }

    @Test("still polls and keeps time while tasks wake one another without end")
    func fairness() async throws {
        try await withLoop { loop in
            let spinner = loop.task { while !Task.isCancelled { await Task.yield() } }
            await withCheckedContinuation { continuation in
                loop.execute { _ = loop.schedule(afterMilliseconds: 5) { continuation.resume() } }
            }
            spinner.cancel()
            await spinner.value
        }
    }

    @Test("runs timers in the order of their deadlines, never early, and not the cancelled ones")
    func timers() async throws {
        try await withLoop { loop in
            let ran = Mutex<[Int]>([])
            let start = loop.nowNanoseconds
            await withCheckedContinuation { continuation in
                loop.execute {
                    _ = loop.schedule(afterMilliseconds: 20) {
                        ran.withLock { $0.append(20) }
                        continuation.resume()
                    }
                    let cancelled = loop.schedule(afterMilliseconds: 10) { ran.withLock { $0.append(10) } }
                    _ = loop.schedule(afterMilliseconds: 5) { ran.withLock { $0.append(5) } }
                    _ = loop.schedule(afterMilliseconds: 0) { ran.withLock { $0.append(0) } }
                    _ = loop.schedule(afterMilliseconds: .max) { ran.withLock { $0.append(-1) } }
                    #expect(loop.cancel(cancelled))
                    #expect(!loop.cancel(cancelled))
                }
            }
            #expect(loop.nowNanoseconds - start >= 20_000_000)
            #expect(ran.withLock { $0 } == [0, 5, 20])
        }
    }

    @Test("measures how long it was kept busy")
    func lag() async throws {
        let observer = LongestTurn()
        let group = try EventLoopGroup(count: 1, name: "lag", observer: observer)
        defer { group.stop() }
        let loop = group.loops[0]
        for _ in 0..<2 {
            await withCheckedContinuation { continuation in
                loop.execute {
                    let end = loop.nowNanoseconds + 3_000_000
                    while loop.nowNanoseconds < end {}
                    continuation.resume()
                }
            }
        }
        #expect(observer.longest.load(ordering: .relaxed) >= 3_000_000)
    }

    @Test("runs what is ready before it stops, and stopping twice is harmless")
    func stopping() throws {
        let group = try EventLoopGroup(count: 2, name: "stop")
        let ran = Mutex(0)
        for loop in group.loops {
            loop.execute { loop.execute { ran.withLock { $0 += 1 } } }
        }
        group.stop()
        group.stop()
        #expect(ran.withLock { $0 } == 2)
    }

    @Test("takes loops in turn")
    func turns() throws {
        let group = try EventLoopGroup(count: 3, name: "turn")
        defer { group.stop() }
        #expect((0..<6).map { _ in group.next().index } == [0, 1, 2, 0, 1, 2])
    }

    @Test("loses no wake-up when many threads hand it work at once")
    func contention() async throws {
        try await withLoop { loop in
            let total = Shared(0)
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<500 {
                            await withCheckedContinuation { continuation in
                                loop.execute {
                                    total.withLock { $0 += 1 }
                                    continuation.resume()
                                }
                            }
                        }
                    }
                }
            }
            #expect(total.withLock { $0 } == 4_000)
        }
    }
}

/// Runs `body` with one loop and ends the loop afterwards.
func withLoop(_ body: (EventLoop) async throws -> Void) async throws {
    let group = try EventLoopGroup(count: 1, name: "test")
    defer { group.stop() }
    try await body(group.loops[0])
}

private actor Counter {
    private(set) var wasOnLoop = false

    func increment(on loop: EventLoop) {
        wasOnLoop = loop.inLoop
    }
}

private final class LongestTurn: LagObserver {
    let longest = Atomic<UInt64>(0)

    func loopWasBusy(_ loop: Int, nanoseconds: UInt64) {
        longest.max(nanoseconds, ordering: .relaxed)
    }
}

/// A mutex that child tasks may capture.
private final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }

    func withLock<R: Sendable>(_ body: (inout Value) -> R) -> R {
        value.withLock { body(&$0) }
    }
}
