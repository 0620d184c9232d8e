import Synchronization

/// What a server has done and holds, at one moment.
public struct ServerStatistics: Hashable, Sendable {
    /// Connections open now.
    public var openConnections = 0
    /// Answers being streamed now, event streams and others.
    public var openStreams = 0
    /// Storage of request bodies now, from their arrival until the handler has dropped them; in bytes.
    public var bufferedBodyBytes = 0
    /// Storage of answers that sockets have not taken yet; in bytes.
    public var unsentBytes = 0
    /// Connections accepted since the start.
    public var accepted = 0
    /// Requests read whole since the start.
    public var requests = 0
    /// Requests the transport refused, by status, and as 503 connections above a cap or without room in the locked
    /// heap.
    public var refusals: [Int: Int] = [:]
    /// Connections of listed load balancers that were closed since the start for want of a good PROXY header.
    public var proxyRefusals = 0
}

/// The counters behind `ServerStatistics`, shared by a server's loops.
final class ServerCounters: Sendable {
    let openConnections = Atomic<Int>(0)
    let openStreams = Atomic<Int>(0)
    let accepted = Atomic<Int>(0)
    let requests = Atomic<Int>(0)
    let proxyRefusals = Atomic<Int>(0)
    private let refusals = Mutex<[Int: Int]>([:])

    func countRefusal(_ status: Int) {
        refusals.withLock { $0[status, default: 0] += 1 }
    }

    var snapshot: ServerStatistics {
        ServerStatistics(
            openConnections: openConnections.load(ordering: .relaxed),
            openStreams: openStreams.load(ordering: .relaxed), accepted: accepted.load(ordering: .relaxed),
            requests: requests.load(ordering: .relaxed), refusals: refusals.withLock { $0 },
            proxyRefusals: proxyRefusals.load(ordering: .relaxed))
    }
}

extension Atomic<Int> {
    func increment() {
        wrappingAdd(1, ordering: .relaxed)
    }

    func decrement() {
        wrappingSubtract(1, ordering: .relaxed)
    }
}
