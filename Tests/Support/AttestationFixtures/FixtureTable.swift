/// The host's certificate table (GHCB specification, MSG_REPORT_REQ).
package struct FixtureTable: Sendable {
    package enum Entry: String, Hashable, Sendable, CaseIterable {
        case vcek = "63da758de6644564adc5f4b93be8accd"
        case vlek = "a8074bc2a25a483eaae639c045a0b8a1"
        case intermediate = "4ab7b379bbac4fe4a02f05aef327c782"
        case root = "c0b406a4a803495297433fb6014cd0ae"
        case crl = "92f81bc358114d3d97ffd19f88dc67ea"

        /// The identifier in the order in which it is printed.
        package var bytes: [UInt8] {
            let digits = rawValue.utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
            return stride(from: 0, to: 32, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }
    }

    /// Identifiers of 16 bytes with their contents.
    package var entries: [(identifier: [UInt8], content: [UInt8])]

    package init(_ entries: [(Entry, [UInt8])]) {
        self.entries = entries.map { ($0.bytes, $1) }
    }

    /// Entries, the zero entry, then the contents one after another.
    package var bytes: [UInt8] {
        var header: [UInt8] = []
        var contents: [UInt8] = []
        let start = (entries.count + 1) * 24
        for entry in entries {
            header += entry.identifier + FixtureTable.number(start + contents.count)
            header += FixtureTable.number(entry.content.count)
            contents += entry.content
        }
        return header + [UInt8](repeating: 0, count: 24) + contents
    }

    private static func number(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(value).littleEndian) { Array($0) }
    }
}
