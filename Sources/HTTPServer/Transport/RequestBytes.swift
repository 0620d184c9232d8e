/// A request's body. Wiped when the last reference goes: it may carry a key.
public final class RequestBytes: Sendable {
    /// A body without bytes.
    public static let empty = RequestBytes()

    private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer  // proof: never written after init
    private let counter: ByteCounter?
    /// How many bytes there are.
    public let count: Int

    /// A copy of `bytes`.
    public init(_ bytes: some Collection<UInt8>) {
        count = bytes.count
        counter = nil
        storage = .allocate(byteCount: bytes.count, alignment: 1)
        storage.copyBytes(from: bytes)
    }

    private init() {
        count = 0
        counter = nil
        storage = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    /// Takes over `storage`, of which the first `count` bytes are the body, and which `counter` has counted.
    init(adopting storage: UnsafeMutableRawBufferPointer, count: Int, countedBy counter: ByteCounter) {
        self.counter = counter
        self.storage = storage
        self.count = count
    }

    deinit {
        counter?.add(-storage.count)
        UnsafeMutableRawBufferPointer(rebasing: storage[..<count]).wipe()
        storage.deallocate()
    }

    /// Calls `body` with the bytes in place, without a copy that would stay behind.
    public func withBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(rebasing: storage[..<count]))
    }

    /// A copy of the bytes. The copy is not wiped: use `withBytes` for what holds secrets.
    public var bytes: [UInt8] { Array(storage[..<count]) }
}
