import Attestation

/// What must hold for all bytes that are read as a certificate table, good or bad.
enum CertificateTableInvariants {
    /// Nil, or what does not hold.
    static func violation(_ bytes: [UInt8]) -> String? {
        guard let table = try? CertificateTable(bytes) else { return nil }
        let contents = [table.vcek, table.vlek, table.intermediate, table.root, table.crl].compactMap { $0 }
        if bytes.count > CertificateTable.maximumBytes { return "a table above its limit" }
        if contents.contains(where: \.isEmpty) { return "an empty certificate" }
        // Entries follow one another, 24 bytes each, before an entry of zeros.
        let entries = stride(from: 0, to: bytes.count, by: 24).prefix { start in
            start + 24 <= bytes.count && bytes[start..<start + 24].contains { $0 != 0 }
        }
        if contents.count > entries.count { return "more certificates than entries" }
        for content in contents {
            let isThere = entries.contains { start in
                let offset = number(bytes, start + 16)
                return offset + content.count <= bytes.count && number(bytes, start + 20) == content.count
                    && bytes[offset..<offset + content.count].elementsEqual(content)
            }
            if !isThere { return "a certificate that stands nowhere" }
        }
        return nil
    }

    private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
}
