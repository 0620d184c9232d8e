import AttestationFixtures

/// Takes the entries out of a certificate table, for tables that are right.
func readTable(_ bytes: [UInt8]) -> [FixtureTable.Entry: [UInt8]] {
    func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) } }
    var entries: [FixtureTable.Entry: [UInt8]] = [:]
    for start in stride(from: 0, through: bytes.count - 24, by: 24) {
        let identifier = Array(bytes[start..<start + 16])
        guard let entry = FixtureTable.Entry.allCases.first(where: { $0.bytes == identifier }) else { break }
        entries[entry] = Array(bytes[number(start + 16)..<number(start + 16) + number(start + 20)])
    }
    return entries
}
