import Cryptography
import Primitives

/// Randomness for what one write seals, drawn before the write: its body may run several times. It is never stored:
/// whoever knew it could try texts against their nonces.
struct SealSeed: Hashable, Sendable {
    /// As many as a hash gives: seeds do not meet.
    private static let count = 32

    private let bytes: [UInt8]

    init(_ random: some RandomSource) {
        bytes = random.bytes(SealSeed.count)
    }

    /// The nonce of a text at a place: as good as random for each, and never the same for two. The parts have a border:
    /// a place ends with a zero byte, and its kind says how many of them it holds.
    func nonce(for text: [UInt8], at place: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(bytes, place, text).prefix(AESGCM.nonceBytes))
    }
}
