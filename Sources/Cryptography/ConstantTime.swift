import COpenSSL

/// Comparison whose time does not tell where two values differ: for MACs, tags and tokens.
public enum ConstantTime {
    /// Whether both hold the same bytes. The time depends on the lengths only, which are taken to be public.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { equal(left, $0) } }
    }

    /// Whether both hold the same bytes. The time depends on the lengths only.
    public static func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let first = left.baseAddress, let second = right.baseAddress else { return true }
        return CRYPTO_memcmp(first, second, left.count) == 0
    }
}
