internal import CPostgreSQL

/// One row of an answer in binary form.
struct PostgreSQLRow {
    private let result: PostgreSQLResult
    private let index: CInt

    /// Row `index` of `result`.
    init(_ result: PostgreSQLResult, _ index: Int) {
        self.result = result
        self.index = CInt(index)
    }

    /// How many columns the row has.
    var columnCount: Int { Int(PQnfields(result.pointer)) }

    /// Whether the column is null.
    func isNull(_ column: Int) -> Bool {
        PQgetisnull(result.pointer, index, CInt(column)) != 0
    }

    private func type(of column: Int) -> UInt32 { PQftype(result.pointer, CInt(column)) }

    private func bytes(_ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(result.pointer, index, CInt(column)),
            count: Int(PQgetlength(result.pointer, index, CInt(column))))
    }

    /// A whole number, as any of the types in which PostgreSQL counts, sums and compares; nil if it is none of them or
    /// does not fit into 64 bits.
    func integer(_ column: Int) -> Int64? {
        guard !isNull(column) else { return nil }
        let bytes = bytes(column)
        switch type(of: column) {
        case PostgreSQLValues.TypeID.int8 where bytes.count == 8:
            return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case PostgreSQLValues.TypeID.int4 where bytes.count == 4:
            return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case PostgreSQLValues.TypeID.int2 where bytes.count == 2:
            return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        case PostgreSQLValues.TypeID.bool where bytes.count == 1: return bytes[0] == 0 ? 0 : 1
        case PostgreSQLValues.TypeID.numeric: return PostgreSQLRow.whole(numeric: Array(bytes))
        default: return nil
        }
    }

    /// A `numeric` without fraction: what `sum` of 64-bit integers gives. Groups of four decimal digits, the first with
    /// the weight 10000^weight (PostgreSQL, numeric_send).
    static func whole(numeric bytes: [UInt8]) -> Int64? {
        guard bytes.count >= 8, bytes.count.isMultiple(of: 2) else { return nil }
        let words = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        let (weight, sign) = (Int(Int16(bitPattern: words[1])), words[2])
        let digits = words.dropFirst(4)
        guard digits.count == Int(words[0]), sign == 0 || sign == 0x4000, weight < 8 else { return nil }
        guard !digits.isEmpty else { return 0 }
        // Digits below the weight of one are a fraction.
        guard digits.dropFirst(weight + 1).allSatisfy({ $0 == 0 }), weight >= 0 else { return nil }
        var value: Int128 = 0
        for place in 0...weight {
            value = value * 10_000 + Int128(place < digits.count ? digits[digits.startIndex + place] : 0)
        }
        return Int64(exactly: sign == 0 ? value : -value)
    }

    /// Text; nil if the column is null, is none, or is malformed.
    func text(_ column: Int) -> String? {
        guard !isNull(column), PostgreSQLValues.TypeID.texts.contains(type(of: column)) else { return nil }
        return String(validating: bytes(column), as: UTF8.self)
    }

    /// Bytes; nil if the column is null or holds something else.
    func blob(_ column: Int) -> [UInt8]? {
        guard !isNull(column), type(of: column) == PostgreSQLValues.TypeID.bytea else { return nil }
        return Array(bytes(column))
    }

    /// Whether the column holds text, well-formed or not.
    func isText(_ column: Int) -> Bool {
        !isNull(column) && PostgreSQLValues.TypeID.texts.contains(type(of: column))
    }
}
