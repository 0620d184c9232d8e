import CNettle

/// Keccak-256 with the padding from before FIPS 202 (0x01 ... 0x80), as Ethereum uses it; not SHA3-256.
///
/// OpenSSL 3.0 lacks it. Nettle's Keccak-f[1600] permutation is public; the sponge around it is here.
public enum Keccak256 {
    /// Bytes of a digest.
    public static let digestBytes = 32
    /// Bytes taken in before each permutation: 1600 bits less twice the digest's.
    private static let rate = 136

    /// The digest of the parts, one after the other (not delimited).
    public static func hash(_ parts: [UInt8]...) -> [UInt8] {
        var sponge = sha3_state()
        var filled = 0
        for part in parts {
            part.withUnsafeBytes { absorb($0, into: &sponge, at: &filled) }
        }
        return withUnsafeMutableBytes(of: &sponge) { lanes in
            lanes[filled] ^= 0x01
            lanes[rate - 1] ^= 0x80
            nettle_sha3_permute(lanes.baseAddress?.assumingMemoryBound(to: sha3_state.self))
            return Array(lanes.prefix(digestBytes))
        }
    }

    /// Adds `input` to the block that has `filled` bytes. Lanes are little-endian in the standard and on x86-64, so the
    /// state can be addressed byte by byte.
    private static func absorb(_ input: UnsafeRawBufferPointer, into sponge: inout sha3_state, at filled: inout Int) {
        withUnsafeMutableBytes(of: &sponge) { lanes in
            for byte in input {
                lanes[filled] ^= byte
                filled += 1
                if filled == rate {
                    nettle_sha3_permute(lanes.baseAddress?.assumingMemoryBound(to: sha3_state.self))
                    filled = 0
                }
            }
        }
    }
}
