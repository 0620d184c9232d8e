import Primitives

/// What a person reads from one screen and types at another: eight signs in two groups, `ACDE-3479`. No two of the
/// signs look alike.
enum UserCode {
    /// 22 signs: none of 0 and O and Q, 1 and I and L, 2 and Z, 5 and S, 6 (and G stays), 8 and B, V (and U stays).
    static let alphabet = Array("ACDEFGHJKMNPRTUWXY3479".utf8)
    /// Signs of a code: 22^8 codes, of which ten can be tried in ten minutes by a wallet.
    static let length = 8
    /// Random bytes that a code takes: those that would favour a sign are passed over.
    static let randomBytes = 32

    /// A code with its hyphen; nil in the one case of some 10^13 in which too many bytes were passed over.
    static func make(random: [UInt8]) -> String? {
        let fair = 256 - 256 % alphabet.count
        let signs = random.filter { Int($0) < fair }.prefix(length).map { alphabet[Int($0) % alphabet.count] }
        guard signs.count == length else { return nil }
        let text = String(decoding: signs, as: UTF8.self)
        return "\(text.prefix(length / 2))-\(text.suffix(length / 2))"
    }

    /// The eight signs of what a person typed: in any case, with or without hyphens and spaces. Nil if it is no code.
    static func normalised(_ typed: String) -> String? {
        guard typed.utf8.count <= 2 * length + 4 else { return nil }
        let signs = typed.uppercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
        guard signs.count == length, signs.allSatisfy(alphabet.contains) else { return nil }
        return String(decoding: signs, as: UTF8.self)
    }
}
