public import Cryptography
import Primitives

/// Why 65 bytes are no signature of an externally owned account.
public enum WalletSignatureError: String, Error, Hashable, Sendable {
    /// Not exactly 65 bytes, or not hex.
    case malformed
    /// r is 0 or not below the curve's order.
    case badR
    /// s is 0 or above half the order. The other half would give each signature a twin (EIP-2).
    case badS
    /// v is none of those that are taken.
    case badV
}

/// A wallet's ECDSA signature: r || s || v.
///
/// Its bytes are no replay key, and where a vault's key is derived from them they are a secret. So a signature does not
/// print itself, is compared in constant time, gives r || s into locked memory by `keyMaterial`, and can be wiped.
public struct WalletSignature: Sendable {
    /// Bytes of r || s || v.
    public static let byteCount = 65

    /// Half of the order n of secp256k1, rounded down: the greatest s that is taken.
    private static let halfOrder: [UInt8] = order(
        0x7FFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0x5D57_6E73_57A4_501D, 0xDFE9_2F46_681B_20A0)
    /// n - 1: the greatest r that is taken.
    private static let greatestR: [UInt8] = order(
        0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFE, 0xBAAE_DCE6_AF48_A03B, 0xBFD2_5E8C_D036_4140)

    /// r || s.
    private var numbers: [UInt8]
    /// 27 or 28: 27 plus the parity of the nonce point's y.
    public let v: UInt8

    /// Takes exactly 65 bytes with 1 <= r < n, 1 <= s <= n/2 and v 27 or 28.
    public init(strict bytes: [UInt8]) throws(WalletSignatureError) {
        guard bytes.count == WalletSignature.byteCount else { throw .malformed }
        try self.init(numbers: Array(bytes.prefix(64)), v: bytes[64])
    }

    /// Takes what wallets send at login: 130 hex digits, `0x` before them or not; v may also be 0 or 1, as hardware
    /// wallets write it. All else is as strict as `init(strict:)`; EIP-2098's 64 bytes are not taken.
    public init(login text: String) throws(WalletSignatureError) {
        var text = text
        var decoded = text.withUTF8 { WalletSignature.decode(UnsafeRawBufferPointer($0)) }
        try self.init(wiping: &decoded)
    }

    /// The same for text that is not to become a `String`, because a key will be derived from it.
    public init(login text: UnsafeRawBufferPointer) throws(WalletSignatureError) {
        var decoded = WalletSignature.decode(text)
        try self.init(wiping: &decoded)
    }

    /// The same for bytes that are no secret: 65 of them, v also 0 or 1.
    public init(loginBytes bytes: [UInt8]) throws(WalletSignatureError) {
        guard bytes.count == WalletSignature.byteCount else { throw .malformed }
        let v = bytes[64]
        try self.init(numbers: Array(bytes.prefix(64)), v: v <= 1 ? v + 27 : v)
    }

    private init(wiping decoded: inout [UInt8]) throws(WalletSignatureError) {
        defer { Wipe.bytes(&decoded) }
        guard decoded.count == WalletSignature.byteCount else { throw .malformed }
        let v = decoded[64]
        try self.init(numbers: Array(decoded.prefix(64)), v: v <= 1 ? v + 27 : v)
    }

    /// The 65 bytes of 130 hex digits; empty for any other text.
    private static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        let digits = text.starts(with: "0x".utf8) ? text.dropFirst(2) : text[...]
        guard digits.count == 2 * byteCount else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for index in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
            guard let high = Hex.value(ofDigit: digits[index]), let low = Hex.value(ofDigit: digits[index + 1]) else {
                Wipe.bytes(&bytes)
                return []
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// Takes what `Secp256k1.sign` returns.
    init(_ signature: Secp256k1.RecoverableSignature) throws(WalletSignatureError) {
        guard signature.recoveryID <= 1 else { throw .badV }
        try self.init(numbers: signature.r + signature.s, v: 27 + signature.recoveryID)
    }

    private init(numbers: [UInt8], v: UInt8) throws(WalletSignatureError) {
        self.numbers = numbers
        self.v = v
        guard WalletSignature.isWithin(numbers.prefix(32), WalletSignature.greatestR) else { throw .badR }
        guard WalletSignature.isWithin(numbers.suffix(32), WalletSignature.halfOrder) else { throw .badS }
        guard v == 27 || v == 28 else { throw .badV }
    }

    /// r, 32 bytes.
    public var r: [UInt8] { Array(numbers.prefix(32)) }
    /// s, 32 bytes, never above n/2.
    public var s: [UInt8] { Array(numbers.suffix(32)) }
    /// r || s || v, v as 27 or 28.
    public var bytes: [UInt8] { numbers + [v] }
    /// `0x` and the 130 digits of `bytes`.
    public var hex: String { "0x" + Hex.encode(bytes) }

    /// The account whose key signed `digest`; nil if none can have. Any digest yields some account: compare it.
    public func signer(ofDigest digest: [UInt8]) -> Address? {
        Secp256k1.recover(digest: digest, compact: numbers, recoveryID: v - 27).map { Address(publicKey: $0) }
    }

    /// Whether both have the same r, s and v. Constant time.
    public func isEqual(to other: WalletSignature) -> Bool {
        ConstantTime.equal(numbers, other.numbers) && v == other.v
    }

    /// r || s in locked memory: what a vault's key is derived from. Without v, which wallets write in two ways.
    public func keyMaterial() throws(SecretError) -> Secret {
        try Secret(copying: numbers)
    }

    /// Zeroes r and s. The value recovers nothing afterwards.
    public mutating func wipe() {
        numbers.withUnsafeMutableBytes { Wipe.memory($0) }
    }

    /// Whether 1 <= number <= limit, both 32 bytes, big-endian.
    private static func isWithin(_ number: ArraySlice<UInt8>, _ limit: [UInt8]) -> Bool {
        number.contains { $0 != 0 } && !limit.lexicographicallyPrecedes(number)
    }

    private static func order(_ words: UInt64...) -> [UInt8] {
        words.flatMap { word in stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) } }
    }
}

extension WalletSignature: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always the same words.
    public var description: String { "[wallet signature]" }
    /// Always the same words.
    public var debugDescription: String { "[wallet signature]" }
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
