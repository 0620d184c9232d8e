/// Bytes that the socket has not taken yet.
struct OutputBuffer {
    private let counter: ByteCounter
    private var bytes: [UInt8] = []
    private var counted = 0
    private var start = 0

    var count: Int { bytes.count - start }
    var capacity: Int { bytes.capacity }
    var isEmpty: Bool { start == bytes.count }

    /// Empty; its storage is counted by `counter`. Whoever drops it calls `removeAll` before.
    init(_ counter: ByteCounter) {
        self.counter = counter
    }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: more)
        book(storage: bytes.capacity)
    }

    /// Calls `body` with the unsent bytes.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// The first `count` bytes are sent. Storage shrinks with its content: thousands of idle streams must not keep what
    /// one burst needed.
    mutating func drop(_ count: Int) {
        defer { book(storage: bytes.capacity) }
        start += count
        if isEmpty {
            bytes.removeAll(keepingCapacity: bytes.capacity <= ServerLimits.keptCapacity)
            start = 0
        } else if start >= bytes.count / 2 {
            bytes.removeSubrange(..<start)
            start = 0
        }
    }

    mutating func removeAll() {
        bytes = []
        start = 0
        book(storage: 0)
    }

    private mutating func book(storage capacity: Int) {
        counter.add(capacity - counted)
        counted = capacity
    }
}
