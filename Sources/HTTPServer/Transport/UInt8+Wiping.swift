import Glibc

extension [UInt8] {
    /// Overwrites the bytes with zeros in a way that the optimiser keeps. The array must be the only holder of its
    /// storage, or a copy is wiped instead.
    mutating func wipe() {
        withUnsafeMutableBytes { $0.wipe() }
    }

    /// Appends a span's bytes; storage that is outgrown is wiped before it is given back.
    mutating func append(copying bytes: Span<UInt8>) {
        if count + bytes.count > capacity, !isEmpty {
            var larger: [UInt8] = []
            larger.reserveCapacity(Swift.max(count + bytes.count, 2 * capacity))
            larger.append(contentsOf: self)
            wipe()
            self = larger
        }
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Overwrites the bytes with zeros in a way that the optimiser keeps.
    func wipe() {
        guard let baseAddress, count > 0 else { return }
        explicit_bzero(baseAddress, count)
    }
}
