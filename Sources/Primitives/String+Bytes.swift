extension StringProtocol {
    /// Whether both texts are the same bytes of UTF-8.
    ///
    /// `==` on strings takes canonically equivalent texts for equal, and to find out it normalises them, which costs
    /// the square of a run of combining marks. Names that come from outside are compared, and hashed, by their bytes.
    public func hasSameBytes(as other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
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
