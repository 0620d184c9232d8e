/// Hybrid public-key encryption (RFC 9180), base mode, one suite: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
///
/// Base mode keeps a text for the holder of one private key; it says nothing about who sent it. `info` and `associated`
/// are part of the seal: put into `info` what the text is for and which evidence named the key, so that what is sealed
/// for one purpose or one enclave opens for no other.
///
/// One suite and no negotiation, because both ends are ours. The cipher is OpenSSL's, the curve libsodium's; OpenSSL
/// 3.0, which Debian 12 has, knows no HPKE of its own.
public enum HPKE {
    /// DHKEM(X25519, HKDF-SHA256), section 7.1.
    public static let kemID: UInt16 = 0x0020
    /// HKDF-SHA256, section 7.2.
    public static let kdfID: UInt16 = 0x0001
    /// AES-256-GCM, section 7.3.
    public static let aeadID: UInt16 = 0x0002
    /// Bytes of an encapsulated key.
    public static let encapsulatedBytes = X25519PublicKey.byteCount

    /// Seals one text to a public key (section 6.1).
    public static func seal(
        _ plaintext: [UInt8], to recipient: X25519PublicKey, info: [UInt8], associated: [UInt8]
    ) throws(HPKEError) -> HPKEMessage {
        var sender = try HPKESender(to: recipient, info: info)
        let ciphertext = try sender.seal(plaintext, associated: associated)
        return HPKEMessage(encapsulated: sender.encapsulated, ciphertext: ciphertext)
    }

    /// Seals one secret to a public key (section 6.1).
    public static func seal(
        _ plaintext: Secret, to recipient: X25519PublicKey, info: [UInt8], associated: [UInt8]
    ) throws(HPKEError) -> HPKEMessage {
        var sender = try HPKESender(to: recipient, info: info)
        let ciphertext = try sender.seal(plaintext, associated: associated)
        return HPKEMessage(encapsulated: sender.encapsulated, ciphertext: ciphertext)
    }

    /// Opens what `seal` made (section 6.1).
    public static func open(
        _ message: HPKEMessage, with key: X25519PrivateKey, info: [UInt8], associated: [UInt8]
    ) throws(HPKEError) -> [UInt8] {
        var recipient = try HPKERecipient(encapsulated: message.encapsulated, key: key, info: info)
        return try recipient.open(message.ciphertext, associated: associated)
    }

    /// Opens what `seal` made, straight into locked memory.
    public static func openSecret(
        _ message: HPKEMessage, with key: X25519PrivateKey, info: [UInt8], associated: [UInt8]
    ) throws(HPKEError) -> Secret {
        var recipient = try HPKERecipient(encapsulated: message.encapsulated, key: key, info: info)
        return try recipient.openSecret(message.ciphertext, associated: associated)
    }
}
