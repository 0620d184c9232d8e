import COpenSSL

/// A key that verifies ECDSA signatures on P-384 over SHA-384 (FIPS 186-5). Safe from any thread.
public struct P384PublicKey: Hashable, Sendable {
    /// Bytes of a point: 04 || x || y.
    public static let pointBytes = 97
    /// Bytes of r, and of s.
    public static let scalarBytes = 48

    private let key: OwnedKey

    /// A key by its point, 04 || x || y; nil if that is not a point of the curve. The curve's order is prime, so every
    /// point other than infinity, which has no such form, is a key.
    public init?(point: [UInt8]) {
        guard point.count == P384PublicKey.pointBytes, point[0] == 4, let key = sealgate_p384_public(point) else {
            forgetErrors()
            return nil
        }
        self.key = OwnedKey(owning: key, point: point)
    }

    /// Whether (`r`, `s`), 48 bytes each and big-endian, is a signature over `message`. s may be high: there is no rule
    /// against it, so a signature's bytes are no replay key. Cost: about one millisecond.
    public func isValid(r: [UInt8], s: [UInt8], over message: ArraySlice<UInt8>) -> Bool {
        guard r.count == P384PublicKey.scalarBytes, s.count == P384PublicKey.scalarBytes else { return false }
        let isValid = message.withUnsafeBufferPointer { message in
            sealgate_p384_verify(key.pointer, r, s, message.baseAddress, message.count) == 1
        }
        if !isValid { forgetErrors() }
        return isValid
    }

    /// An EVP_PKEY, freed with its last user.
    private final class OwnedKey: Hashable, Sendable {
        nonisolated(unsafe) let pointer: OpaquePointer  // proof: never changed; its reference counts are atomic
        private let point: [UInt8]

        init(owning pointer: OpaquePointer, point: [UInt8]) {
            self.pointer = pointer
            self.point = point
        }

        deinit {
            EVP_PKEY_free(pointer)
        }

        static func == (left: OwnedKey, right: OwnedKey) -> Bool { left.point == right.point }

        func hash(into hasher: inout Hasher) { hasher.combine(point) }
    }
}
