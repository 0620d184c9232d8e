/// The table of certificates that a host hands its guest beside a report (GHCB 56421, MSG_REPORT_REQ). The host
/// chooses every byte of it: each place is checked against the table, and what comes out is material to verify.
public struct CertificateTable: Hashable, Sendable {
    /// The most that the kernel hands out (SEV_FW_BLOB_MAX_SIZE).
    public static let maximumBytes = 16 * 1024

    /// The chip's certificate, DER.
    public private(set) var vcek: [UInt8]?
    /// The cloud's certificate, DER.
    public private(set) var vlek: [UInt8]?
    /// The certificate that issued the VCEK (ASK) or the VLEK (ASVK), DER.
    public private(set) var intermediate: [UInt8]?
    /// The root (ARK), DER.
    public private(set) var root: [UInt8]?
    /// The root's revocation list, DER.
    public private(set) var crl: [UInt8]?

    /// Reads a table; no bytes, or only zeros, is one without entries: the host gave none. Entries of unknown kinds are
    /// left out, but their places must be right, too.
    public init(_ bytes: [UInt8]) throws(CertificateTableFault) {
        guard bytes.count <= CertificateTable.maximumBytes else { throw .tooLarge }
        if bytes.isEmpty { return }
        let entries = try CertificateTable.entries(bytes)
        let headerBytes = (entries.count + 1) * Entry.byteCount
        var seen: Set<[UInt8]> = []
        for entry in entries {
            let end = UInt64(entry.offset) + UInt64(entry.length)
            guard entry.offset >= headerBytes, end <= UInt64(bytes.count) else { throw .placeOutsideTable }
            guard seen.insert(entry.kind).inserted else { throw .duplicateKind }
            guard let member = CertificateTable.members[entry.kind] else { continue }
            guard entry.length > 0 else { throw .emptyEntry }
            self[keyPath: member] = Array(bytes[Int(entry.offset)..<Int(end)])
        }
    }

    private struct Entry {
        static let byteCount = 24

        let kind: [UInt8]
        let offset: UInt32
        let length: UInt32
    }

    private static func entries(_ bytes: [UInt8]) throws(CertificateTableFault) -> [Entry] {
        var entries: [Entry] = []
        var start = 0
        while true {
            guard start + Entry.byteCount <= bytes.count else { throw .noEnd }
            let entry = bytes[start..<start + Entry.byteCount]
            if entry.allSatisfy({ $0 == 0 }) { return entries }
            entries.append(
                Entry(
                    kind: Array(entry.prefix(16)), offset: word(entry.dropFirst(16).prefix(4)),
                    length: word(entry.suffix(4))))
            start += Entry.byteCount
        }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// By GUID, its bytes in the order of RFC 4122.
    private static var members: [[UInt8]: WritableKeyPath<CertificateTable, [UInt8]?>] {
        [
            [0x63, 0xDA, 0x75, 0x8D, 0xE6, 0x64, 0x45, 0x64, 0xAD, 0xC5, 0xF4, 0xB9, 0x3B, 0xE8, 0xAC, 0xCD]: \.vcek,
            [0xA8, 0x07, 0x4B, 0xC2, 0xA2, 0x5A, 0x48, 0x3E, 0xAA, 0xE6, 0x39, 0xC0, 0x45, 0xA0, 0xB8, 0xA1]: \.vlek,
            [0x4A, 0xB7, 0xB3, 0x79, 0xBB, 0xAC, 0x4F, 0xE4, 0xA0, 0x2F, 0x05, 0xAE, 0xF3, 0x27, 0xC7, 0x82]:
                \.intermediate,
            [0xC0, 0xB4, 0x06, 0xA4, 0xA8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3F, 0xB6, 0x01, 0x4C, 0xD0, 0xAE]: \.root,
            [0x92, 0xF8, 0x1B, 0xC3, 0x58, 0x11, 0x4D, 0x3D, 0x97, 0xFF, 0xD1, 0x9F, 0x88, 0xDC, 0x67, 0xEA]: \.crl,
        ]
    }
}
