import Cryptography

/// SHA-256 of a token. Nothing that lives longer than a request is keyed by the token itself.
struct TokenDigest: Hashable, Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(of token: String) {
        let digest = SHA256.hash(Array(token.utf8))
        words = digest.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }

    static func == (left: TokenDigest, right: TokenDigest) -> Bool {
        left.words == right.words
    }

    /// Any word of a digest is spread evenly already.
    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
    }
}
