import Cryptography
import Primitives

/// The keys under the root that make, recognise and name API keys. Pure.
struct APIKeySecrets: Sendable {
    private static let textDomain = Array("sealgate/api-key-text/v1".utf8)
    private static let factsDomain = Array("sealgate/api-key-facts/v1".utf8)
    private static let nameDomain = "sealgate/api-key-name/v1"

    private let codeKey: Secret
    private let nameKey: Secret

    init(keys: KeyTree) throws(SecretError) {
        codeKey = try keys.key(for: .apiKeys)
        nameKey = try keys.key(for: .apiKeyNames)
    }

    /// A new key.
    func make(random: some RandomSource) -> APIKeyText {
        APIKeyText(random: random.bytes(APIKeyText.randomBytes), code: textCode)
    }

    /// The key that `token` is; nil unless this root made it. Constant time in the code.
    func recognise(_ token: String) -> APIKeyText? {
        guard let text = APIKeyText(parsing: token),
            ConstantTime.equal(text.code, textCode(text.prefix, text.secret))
        else { return nil }
        return text
    }

    /// What is stored of a key instead of it: a keyed code over the hash of its secret and what it is good for.
    func code(of text: APIKeyText, _ facts: APIKeyFacts) -> [UInt8] {
        HMACSHA256.code(over: facts.bytes, SHA256.hash(text.secret), key: codeKey)
    }

    /// Whether a stored code is that of this key with these facts. Constant time.
    func isValid(_ code: [UInt8], for text: APIKeyText, _ facts: APIKeyFacts) -> Bool {
        HMACSHA256.isValid(code, over: facts.bytes, SHA256.hash(text.secret), key: codeKey)
    }

    /// What is stored beside that: a keyed code over what the key is good for alone, to be checked without its secret.
    func code(of facts: APIKeyFacts) -> [UInt8] {
        HMACSHA256.code(over: APIKeySecrets.factsDomain, facts.bytes, key: codeKey)
    }

    /// Whether a stored code is that of these facts. Constant time.
    func isValid(_ code: [UInt8], for facts: APIKeyFacts) -> Bool {
        HMACSHA256.isValid(code, over: APIKeySecrets.factsDomain, facts.bytes, key: codeKey)
    }

    /// The owner's name for a key, sealed. `nonce` is 12 random bytes.
    func seal(_ name: String, of id: String, wallet: WalletID, nonce: [UInt8]) -> [UInt8] {
        nonce
            + AESGCM.seal(
                Array(name.utf8), key: nameKey, nonce: nonce, associated: APIKeySecrets.place(id, wallet))
    }

    /// The name; nil if the column was altered or moved.
    func open(_ sealed: [UInt8], of id: String, wallet: WalletID) -> String? {
        guard sealed.count > AESGCM.nonceBytes,
            let bytes = try? AESGCM.open(
                Array(sealed.dropFirst(AESGCM.nonceBytes)), key: nameKey,
                nonce: Array(sealed.prefix(AESGCM.nonceBytes)), associated: APIKeySecrets.place(id, wallet))
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func textCode(_ prefix: String, _ secret: [UInt8]) -> [UInt8] {
        let code = HMACSHA256.code(over: APIKeySecrets.textDomain, Array(prefix.utf8), secret, key: codeKey)
        return Array(code.prefix(APIKeyText.codeBytes))
    }

    private static func place(_ id: String, _ wallet: WalletID) -> [UInt8] {
        JSON.array([.string(nameDomain), .string(id), .integer(wallet.rawValue)]).bytes
    }
}
