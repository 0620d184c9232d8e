public import Primitives

/// What a caller sends to see that evidence was made for this very question: 16 to 64 bytes that nobody could have
/// known before.
public struct CallerNonce: Hashable, Sendable {
    /// Fewer bytes could be guessed, more prove nothing more.
    public static let byteCounts = 16...64

    /// The nonce.
    public let bytes: [UInt8]

    /// Takes a nonce; nil for a number of bytes outside `byteCounts`.
    public init?(_ bytes: [UInt8]) {
        guard CallerNonce.byteCounts.contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// Reads hex digits in either case, without a prefix.
    public init?(hex text: String) {
        guard !text.utf8.starts(with: "0x".utf8), let bytes = Hex.decode(text) else { return nil }
        self.init(bytes)
    }

    /// A fresh nonce of 32 random bytes.
    public init(random: some RandomSource) {
        bytes = random.bytes(32)
    }

    /// Lower-case hex.
    public var hex: String { Hex.encode(bytes) }
}
