import Cryptography
import Primitives

/// An API key as its owner holds it: `sgk_<12 hex digits>_<56 of base64url>`.
///
/// The hex digits are the prefix, by which owner and gateway recognise the key. The rest is 32 random bytes and a short
/// code over all before it, by which a key that we did not make is refused before the database is asked.
struct APIKeyText: Hashable, Sendable {
    /// Stands before every key, so that scanners for leaked secrets find it.
    static let mark = CredentialKind.apiKey.rawValue
    /// Two keys in a million meet once in some hundred years of creating one a minute; `APIKeys` then draws again.
    static let prefixBytes = 6
    /// As strong as the keys that protect it.
    static let secretBytes = 32
    /// 2^-80 to pass the first gate by chance; the second is the database's code.
    static let codeBytes = 10
    /// Random bytes that a new key takes.
    static let randomBytes = prefixBytes + secretBytes
    /// Characters of every key.
    static let byteCount = mark.utf8.count + prefixBytes * 2 + 1 + (secretBytes + codeBytes) / 3 * 4

    /// Lower-case hex.
    let prefix: String
    let secret: [UInt8]
    let code: [UInt8]

    /// A new key from `randomBytes` random bytes; `code` is the code over prefix and secret.
    init(random: [UInt8], code: (_ prefix: String, _ secret: [UInt8]) -> [UInt8]) {
        precondition(random.count == APIKeyText.randomBytes, "an API key has 38 random bytes")
        prefix = Hex.encode(random.prefix(APIKeyText.prefixBytes))
        secret = Array(random.dropFirst(APIKeyText.prefixBytes))
        self.code = code(prefix, secret)
    }

    /// Reads a key; nil unless it is spelled as ours are. Says nothing of whether we made it.
    init?(parsing text: String) {
        guard text.utf8.count == APIKeyText.byteCount, text.utf8.starts(with: APIKeyText.mark.utf8) else { return nil }
        let rest = text.utf8.dropFirst(APIKeyText.mark.utf8.count)
        let prefix = rest.prefix(APIKeyText.prefixBytes * 2)
        let tail = rest.dropFirst(APIKeyText.prefixBytes * 2)
        guard let digits = String(prefix), let bytes = Hex.decode(digits), Hex.encode(bytes).hasSameBytes(as: digits),
            bytes.count == APIKeyText.prefixBytes, tail.first == UInt8(ascii: "_"),
            let both = Base64.decodeURL(Substring(tail.dropFirst())),
            both.count == APIKeyText.secretBytes + APIKeyText.codeBytes
        else { return nil }
        self.prefix = digits
        secret = Array(both.prefix(APIKeyText.secretBytes))
        code = Array(both.suffix(APIKeyText.codeBytes))
    }

    /// Whether a bearer token claims to be one.
    static func isAPIKey(_ token: String) -> Bool {
        token.utf8.starts(with: mark.utf8)
    }

    /// The whole key.
    var text: String {
        "\(APIKeyText.mark)\(prefix)_\(Base64.encodeURL(secret + code))"
    }

    /// Under which a key's use is revoked and its vault opened.
    static func credentialID(prefix: String) -> String { mark + prefix }
}
