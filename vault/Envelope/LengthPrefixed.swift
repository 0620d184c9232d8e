/// Joins fields so that no two different lists give the same bytes: each field after its length, 2 bytes big endian.
enum LengthPrefixed {
    /// The joined fields. A field is below 64 KiB.
    static func join(_ fields: [UInt8]...) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.reduce(0) { $0 + 2 + $1.count })
        for field in fields {
            precondition(field.count <= UInt16.max, "a field's length fits two bytes")
            bytes.append(UInt8(field.count >> 8))
            bytes.append(UInt8(field.count & 0xFF))
            bytes.append(contentsOf: field)
        }
        return bytes
    }
}
