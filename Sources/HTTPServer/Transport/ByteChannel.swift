/// Moves the bytes of one connection, plain or encrypted, without ever blocking. Loop thread only.
protocol ByteChannel: AnyObject {
    /// Whether the bytes are encrypted on the wire.
    var isSecure: Bool { get }
    /// Whether input waits inside the channel that the socket will not announce again.
    var hasBufferedInput: Bool { get }

    /// Advances the handshake.
    func handshake() -> Handshake
    /// Reads what is there, up to the buffer's size.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer
    /// Sends as much as the socket takes.
    func write(_ bytes: UnsafeRawBufferPointer) -> Transfer
    /// Tells the peer in order that nothing more will come.
    func endOutput()
    /// Frees the channel. The descriptor is closed by its owner.
    func close()
}

/// What a read or write did.
enum Transfer {
    /// So many bytes, at least one.
    case bytes(Int)
    case wouldBlock
    /// The peer ended its side in order.
    case ended
    case failed
}

/// Where a handshake stands.
enum Handshake {
    case complete
    case wantsRead
    case wantsWrite
    case failed
}
