/// One sealed provider key, version 1. Pure layout; `VaultKey.seal` and `VaultKey.open` give it meaning.
///
/// ```
/// offset  0   1  version, 1
///         1   1  suite, 1: HKDF-SHA256, AES-256-GCM, commitment by HKDF
///         2   4  epoch, big endian
///         6  32  salt
///        38  12  nonce
///        50  32  commitment to the record's key
///        82   n  ciphertext, 1 to 4,096 bytes
///      82+n  16  tag
/// ```
struct Envelope: Hashable, Sendable {
    static let version: UInt8 = 1
    static let suite: UInt8 = 1
    static let saltBytes = 32
    static let nonceBytes = 12
    static let commitmentBytes = 32
    static let tagBytes = 16
    static let headBytes = 6 + saltBytes + nonceBytes + commitmentBytes
    /// The longest text of the format. Provider keys are shorter: see `ProviderVault.maximumKeyBytes`.
    static let maximumTextBytes = 4_096

    let epoch: VaultEpoch
    let salt: [UInt8]
    let nonce: [UInt8]
    let commitment: [UInt8]
    /// Ciphertext and tag.
    let sealed: [UInt8]

    init(epoch: VaultEpoch, salt: [UInt8], nonce: [UInt8], commitment: [UInt8], sealed: [UInt8]) {
        precondition(
            salt.count == Envelope.saltBytes && nonce.count == Envelope.nonceBytes
                && commitment.count == Envelope.commitmentBytes
                && (1...Envelope.maximumTextBytes).contains(sealed.count - Envelope.tagBytes),
            "the parts of an envelope have fixed lengths")
        self.epoch = epoch
        self.salt = salt
        self.nonce = nonce
        self.commitment = commitment
        self.sealed = sealed
    }

    /// Reads an envelope. The version is looked at first: another one may have another length.
    init(parsing bytes: [UInt8]) throws(EnvelopeError) {
        guard bytes.count >= 2 else { throw .malformed }
        guard bytes[0] == Envelope.version, bytes[1] == Envelope.suite else { throw .unknownVersion }
        let textBytes = bytes.count - Envelope.headBytes - Envelope.tagBytes
        guard (1...Envelope.maximumTextBytes).contains(textBytes) else { throw .malformed }
        let saltEnd = 6 + Envelope.saltBytes
        let nonceEnd = saltEnd + Envelope.nonceBytes
        self.init(
            epoch: VaultEpoch(bytes[2..<6].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }),
            salt: Array(bytes[6..<saltEnd]), nonce: Array(bytes[saltEnd..<nonceEnd]),
            commitment: Array(bytes[nonceEnd..<Envelope.headBytes]), sealed: Array(bytes[Envelope.headBytes...]))
    }

    /// The envelope's bytes.
    var bytes: [UInt8] {
        [Envelope.version, Envelope.suite] + epoch.bytes + salt + nonce + commitment + sealed
    }
}
