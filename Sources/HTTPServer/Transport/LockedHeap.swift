import COpenSSL

/// OpenSSL's locked heap, as the transport sees it. TLS connections keep their ephemeral keys there, beside the keys
/// and nonces of every signature the process makes. There is no second place for those, so strangers get a part of it
/// only.
struct LockedHeap {
    /// What TLS connections may fill. The rest is for signatures: some 100 bytes each, on a few threads at once.
    static let percentForConnections = 70

    private let ceiling: Int

    /// A heap of `bytes`.
    init(bytes: Int) {
        ceiling = bytes / 100 * LockedHeap.percentForConnections
    }

    /// Whether a TLS handshake must not begin or go on. Free of locks: one is asked for at each step of a handshake.
    var isFull: Bool { isFull(used: LockedHeap.used) }

    func isFull(used: Int) -> Bool { used > ceiling }

    private static var used: Int { CRYPTO_secure_malloc_initialized() == 1 ? CRYPTO_secure_used() : 0 }
}
