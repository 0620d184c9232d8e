import Cryptography
public import Primitives

/// One row of a wallet's log. Its hash covers the row and, through the hash before, every row before it; it is made of
/// nothing but what its owner can read, so its owner can compute it.
public struct AuditEntry: Hashable, Sendable {
    private static let domain = Array("sealgate/vault-audit/v1".utf8)

    /// 1, 2, 3, ... within the wallet.
    public let sequence: Int64
    /// When it happened.
    public let at: Timestamp
    /// What happened, an `AuditAction`.
    public let action: String
    /// What it happened to: `provider/anthropic`, `mcp/server/NAME`, or `provider/epoch/2`.
    public let subject: String
    /// The login session or wallet token that did it.
    public let grant: String
    /// The hash of the row before; 32 random bytes in the first.
    public let previous: [UInt8]

    /// SHA-256 over the fields, each after its length. `vault/README.md` gives the bytes.
    public var hash: [UInt8] {
        SHA256.hash(
            LengthPrefixed.join(
                AuditEntry.domain, AuditEntry.bytes(sequence), previous, AuditEntry.bytes(at.unixMicroseconds),
                Array(action.utf8), Array(subject.utf8), Array(grant.utf8)))
    }

    /// Eight bytes, big endian.
    static func bytes(_ number: Int64) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
