import Glibc

extension StringProtocol {
    /// Whether both texts are the same bytes of UTF-8.
    ///
    /// `==` on strings takes canonically equivalent texts for equal, and to find out it normalises them, which costs
    /// the square of a run of combining marks. Names that come from outside are compared, and hashed, by their bytes.
    public func hasSameBytes(as other: some StringProtocol) -> Bool {
        let quick = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                guard left.count == right.count else { return false }
                guard let start = left.baseAddress, let other = right.baseAddress else { return true }
                return memcmp(start, other, left.count) == 0
            }
        }
        return quick.flatMap { $0 } ?? utf8.elementsEqual(other.utf8)
    }
}

/// A name from outside that is hashed and compared by its bytes.
struct ByteName: Hashable {
    let text: String

    static func == (left: ByteName, right: ByteName) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
