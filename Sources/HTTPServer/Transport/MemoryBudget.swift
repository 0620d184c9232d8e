import Synchronization

/// What a server's connections hold in memory for peers that have not shown who they are: bodies on their way in,
/// answers on their way out. Shared by all loops, so that one busy loop may use what the others leave.
final class MemoryBudget: Sendable {
    /// Bytes of request bodies, from their arrival until the handler has dropped them.
    let bodies: ByteCounter
    /// Bytes of answers that sockets have not taken.
    let unsent: ByteCounter

    init(_ limits: ServerLimits) {
        bodies = ByteCounter(limit: limits.bufferedBodyBytes)
        unsent = ByteCounter(limit: limits.unsentBytes)
    }
}

/// Bytes in use, against a limit. Exact at any one moment only on a quiet server: loops count at the same time.
final class ByteCounter: Sendable {
    private let limit: Int
    private let bytes = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
    }

    /// Bytes counted now.
    var used: Int { bytes.load(ordering: .relaxed) }

    /// Whether `more` bytes fit. They are not booked: storage is counted when it is there, not when it is announced.
    func hasRoom(for more: Int) -> Bool { more <= limit - used }

    /// Counts storage that has grown or, negative, shrunk.
    func add(_ change: Int) {
        if change != 0 { bytes.wrappingAdd(change, ordering: .relaxed) }
    }
}
