import Cryptography
import Primitives

/// An account on an EVM chain: 20 bytes.
public struct Address: Hashable, Sendable {
    /// How many bytes an address has.
    public static let byteCount = 20

    /// The 20 bytes.
    public let bytes: [UInt8]

    /// An address by its 20 bytes; nil for any other number of them.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Address.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Reads `0x` and 40 hex digits. Digits of mixed case must carry the checksum of EIP-55; digits of one case carry
    /// none and are taken as they are.
    public init?(_ text: String) {
        guard text.utf8.count == 42, text.utf8.starts(with: "0x".utf8), let bytes = Hex.decode(text) else { return nil }
        self.bytes = bytes
        let digits = text.utf8.dropFirst(2)
        let hasUpper = digits.contains { (0x41...0x46).contains($0) }
        let hasLower = digits.contains { (0x61...0x66).contains($0) }
        if hasUpper && hasLower, !text.utf8.elementsEqual(checksummed.utf8) { return nil }
    }

    /// Reads an address in exactly the spelling of EIP-55, as EIP-4361 demands: a text without checksum is refused.
    public init?(checksummed text: String) {
        self.init(text)
        guard text.utf8.elementsEqual(checksummed.utf8) else { return nil }
    }

    /// The account of a secp256k1 public key (64 bytes, x and y): the last 20 bytes of its Keccak-256.
    public init(publicKey: [UInt8]) {
        precondition(publicKey.count == Secp256k1.publicKeyBytes, "a public key has 64 bytes")
        bytes = Array(Keccak256.hash(publicKey).suffix(Address.byteCount))
    }

    /// `0x` and 40 lower-case digits: the form to store and compare as text.
    public var lowercase: String {
        "0x" + Hex.encode(bytes)
    }

    /// The spelling of EIP-55: digit i is upper case if nibble i of the Keccak-256 of the lower-case digits is 8 or
    /// more.
    public var checksummed: String {
        let digits = Array(Hex.encode(bytes).utf8)
        let hash = Keccak256.hash(digits)
        var text = Array("0x".utf8)
        for (index, digit) in digits.enumerated() {
            let nibble = index % 2 == 0 ? hash[index / 2] >> 4 : hash[index / 2] & 0x0F
            let isLetter = digit >= UInt8(ascii: "a")
            text.append(isLetter && nibble >= 8 ? digit - 0x20 : digit)
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Address: CustomStringConvertible {
    /// The spelling of EIP-55.
    public var description: String { checksummed }
}
