/// Gathers a request's body. Grows with what arrives, not with what was announced, and wipes storage it has outgrown.
struct BodyBuffer: ~Copyable {
    /// The first allocation: most bodies here are smaller than a page.
    private static let firstCapacity = 4096

    private let counter: ByteCounter
    private var storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private(set) var count = 0
    var capacity: Int { storage.count }

    /// Empty; its storage is counted by `counter`.
    init(_ counter: ByteCounter) {
        self.counter = counter
    }

    deinit {
        counter.add(-storage.count)
        storage.wipe()
        storage.deallocate()
    }

    /// Appends; `expected` is the announced length, if any, so that the last growth fits it.
    mutating func append(_ bytes: Span<UInt8>, expected: Int?) {
        reserve(count + bytes.count, expected: expected)
        bytes.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: $0)
        }
        count += bytes.count
    }

    /// Whether `more` bytes may follow: always up to `ServerLimits.uncountedBody`, beyond it while the budget has room.
    func hasRoom(for more: Int) -> Bool {
        count + more <= ServerLimits.uncountedBody || counter.hasRoom(for: max(0, count + more - storage.count))
    }

    /// Gives the bytes away, which stay counted until they are dropped, and is empty again.
    mutating func take() -> RequestBytes {
        guard count > 0 else { return .empty }
        let body = RequestBytes(adopting: storage, count: count, countedBy: counter)
        storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        count = 0
        return body
    }

    /// Wipes and frees what has been gathered.
    mutating func discard() {
        counter.add(-storage.count)
        storage.wipe()
        storage.deallocate()
        storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        count = 0
    }

    private mutating func reserve(_ needed: Int, expected: Int?) {
        guard needed > storage.count else { return }
        var capacity = max(needed, 2 * storage.count, BodyBuffer.firstCapacity)
        if let expected, expected >= needed { capacity = min(capacity, expected) }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<count]))
        counter.add(larger.count - storage.count)
        storage.wipe()
        storage.deallocate()
        storage = larger
    }
}
