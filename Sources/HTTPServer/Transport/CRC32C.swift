/// The checksum of iSCSI (RFC 3720 appendix B.4), with Castagnoli's polynomial. It finds damage, not attackers.
struct CRC32C {
    private var state: UInt32 = 0xFFFF_FFFF

    mutating func update(_ byte: UInt8) {
        state = CRC32C.table[Int((state ^ UInt32(byte)) & 0xFF)] ^ (state >> 8)
    }

    /// The checksum of what was fed.
    var value: UInt32 { ~state }

    private static let table: [UInt32] = (0..<256).map { index in
        var entry = UInt32(index)
        for _ in 0..<8 { entry = entry & 1 == 1 ? (entry >> 1) ^ 0x82F6_3B78 : entry >> 1 }
        return entry
    }
}
