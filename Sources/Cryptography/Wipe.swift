import CSodium

/// Zeroing that the compiler may not leave out.
public enum Wipe {
    /// Zeroes the elements and empties the array. Only this array's own storage is zeroed: where another copy shares
    /// it, the zeroes land in a fresh one, so do not keep copies of what is to be wiped.
    public static func bytes(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { memory($0) }
        bytes = []
    }

    /// Zeroes `memory`.
    public static func memory(_ memory: UnsafeMutableRawBufferPointer) {
        guard let start = memory.baseAddress else { return }
        sodium_memzero(start, memory.count)
    }
}
