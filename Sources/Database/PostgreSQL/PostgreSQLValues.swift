internal import CPostgreSQL

/// The parameters of one statement in PostgreSQL's binary form.
struct PostgreSQLValues {
    /// The server's numbers for the types we send (pg_type.oid): they never change.
    enum TypeID {
        static let bool: UInt32 = 16
        static let bytea: UInt32 = 17
        static let int8: UInt32 = 20
        static let int2: UInt32 = 21
        static let int4: UInt32 = 23
        static let text: UInt32 = 25
        static let numeric: UInt32 = 1_700
        /// Texts by other names: unknown literals, `name`, `char(n)`, `varchar`.
        static let texts: Set<UInt32> = [25, 705, 19, 1_042, 1_043]
    }

    /// The type of each; 0 leaves it to the server.
    let types: [UInt32]
    private let bytes: [UInt8]
    /// Where each lies in `bytes`; nil for null.
    private let ranges: [Range<Int>?]

    /// Encodes `parameters`, of which the statement uses the numbers in `used`. Throws `.misuse` for text with NUL.
    init(_ parameters: [SQLValue], used: Set<Int>) throws(DatabaseError) {
        var types: [UInt32] = []
        var ranges: [Range<Int>?] = []
        // One byte ahead, so that the address of an empty value is no null pointer.
        var bytes: [UInt8] = [0]
        for (index, parameter) in parameters.enumerated() {
            let start = bytes.count
            switch parameter {
            case .integer(let integer):
                types.append(TypeID.int8)
                withUnsafeBytes(of: integer.bigEndian) { bytes.append(contentsOf: $0) }
            case .text(let text):
                guard !text.utf8.contains(0) else { throw .misuse("text with NUL") }
                types.append(TypeID.text)
                bytes.append(contentsOf: text.utf8)
            case .blob(let blob):
                types.append(TypeID.bytea)
                bytes.append(contentsOf: blob)
            case .null:
                // Null takes the type of its place; where it has no place the server could not tell.
                types.append(used.contains(index + 1) ? 0 : TypeID.text)
                ranges.append(nil)
                continue
            }
            ranges.append(start..<bytes.count)
        }
        self.types = types
        self.bytes = bytes
        self.ranges = ranges
    }

    /// Hands the values over as libpq wants them.
    func withPointers<R>(
        _ body: (
            _ count: CInt, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<CInt>?,
            _ formats: UnsafePointer<CInt>?
        ) -> R
    ) -> R {
        bytes.withUnsafeBytes { bytes in
            let start = bytes.bindMemory(to: CChar.self).baseAddress
            let pointers = ranges.map { range in range.flatMap { start?.advanced(by: $0.lowerBound) } }
            let lengths = ranges.map { CInt(clamping: $0?.count ?? 0) }
            let formats = [CInt](repeating: 1, count: ranges.count)
            return body(CInt(ranges.count), pointers, lengths, formats)
        }
    }
}
