/// Makes ids that sort by time and cannot be guessed: a prefix that names the kind, 48 bits of milliseconds and
/// 80 random bits in Crockford's base 32, `ses_01JD4V5Q2E...`.
public enum Identifier {
    private static let alphabet: [UInt8] = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// A fresh id. `prefix` names the kind and comes with its underscore, `ses_`.
    public static func make(_ prefix: String, at now: Timestamp, random: some RandomSource) -> String {
        let milliseconds = UInt64(bitPattern: max(0, now.unixMilliseconds))
        var value = UInt128(milliseconds & 0xFFFF_FFFF_FFFF) << 80
        for (index, byte) in random.bytes(10).enumerated() {
            value |= UInt128(byte) << UInt128(8 * index)
        }
        var text = [UInt8](repeating: 0, count: 26)
        for position in (0..<26).reversed() {
            text[position] = alphabet[Int(value & 31)]
            value >>= 5
        }
        return prefix + String(decoding: text, as: UTF8.self)
    }
}
