public import Cryptography

/// The only way in which a root leaves an instance that runs: sealed to another's key.
extension RootSecret {
    private static let commitmentSalt = Array("sealgate/handover/root-commitment/v1".utf8)

    /// 32 bytes by which two holders of a root see that it is the same, and from which nobody else learns it:
    /// HKDF-Extract (RFC 5869) under a salt that nothing else uses, over 32 bytes that cannot be guessed.
    public func commitment() throws(SecretError) -> [UInt8] {
        try HKDF.extract(salt: RootSecret.commitmentSalt, input: secret).withBytes { Array($0) }
    }

    /// The root under HPKE, for the holder of one private key (RFC 9180 section 6.1).
    public func sealed(
        to recipient: X25519PublicKey, info: [UInt8], associated: [UInt8]
    ) throws(HPKEError) -> HPKEMessage {
        try HPKE.seal(secret, to: recipient, info: info, associated: associated)
    }
}
