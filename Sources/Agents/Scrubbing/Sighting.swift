/// What a look at the beginning of a text comes to.
enum Sighting: Hashable, Sendable {
    /// No secret begins here.
    case nothing
    /// That cannot be told before more text has come. So many bytes may be shown all the same if nothing comes for a
    /// while: they are public, or too few to matter.
    case open(showing: Int)
    /// The first `count` bytes are a secret's, and what `run` takes after them. `name` is what it is called, if it is
    /// known.
    case secret(count: Int, name: String?, run: SecretRun?)
}

/// What still belongs to a secret after the bytes by which it was recognised, however much comes.
enum SecretRun: Hashable, Sendable {
    /// Letters, digits, `_` and `-`.
    case word
    /// The characters of bearer tokens (RFC 6750 section 2.1).
    case token
    /// Everything before this byte, or the end of the line.
    case until(UInt8)

    /// Whether the run takes the byte.
    func takes(_ byte: UInt8) -> Bool {
        switch self {
        case .word: byte.isWordByte
        case .token: byte.isTokenByte
        case .until(let end): byte != end && byte != 0x0A
        }
    }
}

extension UInt8 {
    var isDigit: Bool { (0x30...0x39).contains(self) }
    /// A letter in lower case; any other byte as it is.
    var lowercase: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
    var isWordByte: Bool { isDigit || (0x61...0x7A).contains(lowercase) || self == 0x5F || self == 0x2D }
    var isTokenByte: Bool { isWordByte || ".~+/=".utf8.contains(self) }
}
