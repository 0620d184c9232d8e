import Cryptography
import Ethereum
import Primitives

/// What the cryptography of a login, of a signed request and of a token costs by itself, on one core and with nothing
/// around it.
enum CryptographyBaseline {
    /// As long as the payload of a session token.
    private static let tokenBytes = 420

    static func run(seconds: Int) throws -> JSON {
        let wallet = try WalletKey.generate()
        let digest = PersonalMessage.digest(of: Array("Sealgate asks you to log in".utf8))
        let signature = wallet.sign(digest: digest)
        let key = ES256PrivateKey.generate()
        let token = SystemRandom().bytes(tokenBytes)
        let tokenSignature = key.sign(token)
        let logins = Rate.perSecond(seconds: seconds) {
            precondition(signature.signer(ofDigest: digest) == wallet.address, "the signer is recovered")
            _ = key.sign(token)
        }
        let recoveries = Rate.perSecond(seconds: seconds) {
            precondition(signature.signer(ofDigest: digest) == wallet.address, "the signer is recovered")
        }
        let verifications = Rate.perSecond(seconds: seconds) {
            precondition(key.publicKey.isValid(signature: tokenSignature, over: token), "the signature is valid")
        }
        return [
            "recoverAndSignPerSecond": .integer(logins), "recoverPerSecond": .integer(recoveries),
            "verifyPerSecond": .integer(verifications),
        ]
    }
}
