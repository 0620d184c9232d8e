extension X25519PublicKey {
    /// SEQUENCE { SEQUENCE { 1.3.101.110 }, BIT STRING (33) } up to the key's own bytes.
    private static let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x6E, 0x03, 0x21, 0x00]

    /// Reads a key as `openssl pkey -pubout` writes it: one PEM block `PUBLIC KEY` that holds an X25519 key (RFC 8410
    /// section 4).
    public init(pem: [UInt8]) throws(KeyFileError) {
        let der = try PEMBlock.body(of: pem, label: "PUBLIC KEY")
        guard der.starts(with: X25519PublicKey.prefix) else { throw .otherKind }
        guard let key = X25519PublicKey(Array(der.dropFirst(X25519PublicKey.prefix.count))) else { throw .malformed }
        self = key
    }

    /// The key as `openssl pkey -pubin` reads it.
    public var pem: String {
        PEMBlock.text(X25519PublicKey.prefix + bytes, label: "PUBLIC KEY")
    }
}
