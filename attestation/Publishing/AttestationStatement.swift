public import Cryptography
public import Primitives

/// What the gateway says about itself, in one JSON text whose hash stands in the report: the hardware vouches that the
/// measured code said it.
///
/// It travels as the very bytes that were hashed. A verifier hashes what it got and then reads it; it never writes it
/// anew. Members that a reader does not know are passed over: later versions may say more.
public struct AttestationStatement: Hashable, Sendable {
    /// The member `type`.
    public static let type = "sealgate-statement/1"
    /// Far above what a gateway with hundreds of keys says.
    public static let maximumBytes = 64 << 10

    /// The gateway's public origin, `https://gateway.example`.
    public let gateway: String
    /// When it was said.
    public let issuedAt: Timestamp
    /// SHA-256 of the running program's file as the program itself found it, 64 hex digits. Worth as much as the
    /// measurement that covers the program.
    public let codeHash: String
    /// Thumbprint (RFC 7638, base64url) of the key that signs sessions now.
    public let activeKey: String
    /// Thumbprints of every key whose tokens are accepted, the active one among them.
    public let keys: [String]
    /// The commitment to `keys` that login texts name.
    public let keySetCommitment: String
    /// The key of the port.
    public let tls: TLSKeyFact
    /// The root over the callers' nonces, 32 bytes; nil in a boot report.
    public let nonceRoot: [UInt8]?
    /// The settings that trust rests on beside the measurement.
    public let trust: StatedTrust
    /// The key to which clients seal secrets (HPKE, X25519); nil if the gateway names none.
    public let sealingKey: X25519PublicKey?

    /// A statement from its parts.
    public init(
        gateway: String, issuedAt: Timestamp, codeHash: String, activeKey: String, keys: [String],
        keySetCommitment: String, tls: TLSKeyFact, nonceRoot: [UInt8]?, trust: StatedTrust = .none,
        sealingKey: X25519PublicKey? = nil
    ) {
        self.gateway = gateway
        self.issuedAt = issuedAt
        self.codeHash = codeHash
        self.activeKey = activeKey
        self.keys = keys
        self.keySetCommitment = keySetCommitment
        self.tls = tls
        self.nonceRoot = nonceRoot
        self.trust = trust
        self.sealingKey = sealingKey
    }

    /// The canonical JSON (RFC 8785) that is hashed and served.
    public var bytes: [UInt8] {
        var members: [JSON.Member] = [
            .init("type", .string(AttestationStatement.type)),
            .init("profile", .string(ReportProfile.sealgate1.rawValue)), .init("gateway", .string(gateway)),
            .init("issuedAt", .string(issuedAt.iso8601)), .init("codeHash", .string(codeHash)),
            .init("activeKey", .string(activeKey)), .init("keys", .array(keys.map { .string($0) })),
            .init("keySetCommitment", .string(keySetCommitment)), .init("tls", tls.json),
            .init("nonceRoot", nonceRoot.map { .string(Hex.encode($0)) } ?? .null),
        ]
        if let sealingKey { members.append(.init("hpkeKey", .string(Base64.encodeURL(sealingKey.bytes)))) }
        return JSON.object(members + trust.members).canonicalBytes
    }

    /// Reads a statement; nil for anything that is none. Says nothing about whether it is true.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count <= AttestationStatement.maximumBytes, let json = try? JSON(parsing: bytes),
            json["type"]?.string == AttestationStatement.type,
            json["profile"]?.string == ReportProfile.sealgate1.rawValue,
            let gateway = json["gateway"]?.string,
            let issuedAt = json["issuedAt"]?.string.flatMap({ Timestamp(iso8601: $0) }),
            let codeHash = json["codeHash"]?.string, WireHex.decode(codeHash, count: 32) != nil,
            let activeKey = json["activeKey"]?.string, AttestationStatement.thumbprint(activeKey) != nil,
            let list = json["keys"]?.array, let commitment = json["keySetCommitment"]?.string,
            let tls = json["tls"].flatMap(TLSKeyFact.init(json:)), let root = json["nonceRoot"],
            let trust = StatedTrust(statement: json)
        else { return nil }
        let keys = list.compactMap(\.string)
        guard keys.count == list.count, keys.contains(activeKey) else { return nil }
        var nonceRoot: [UInt8]?
        if !root.isNull {
            guard let hash = root.string.flatMap({ WireHex.decode($0, count: 32) }) else { return nil }
            nonceRoot = hash
        }
        var sealingKey: X25519PublicKey?
        if let member = json["hpkeKey"] {
            guard let key = member.string.flatMap({ Base64.decodeURL($0) }).flatMap(X25519PublicKey.init) else {
                return nil
            }
            sealingKey = key
        }
        self.init(
            gateway: gateway, issuedAt: issuedAt, codeHash: codeHash, activeKey: activeKey, keys: keys,
            keySetCommitment: commitment, tls: tls, nonceRoot: nonceRoot, trust: trust,
            sealingKey: sealingKey)
    }

    /// The 64 bytes of REPORT_DATA for this statement; nil if `activeKey` is no thumbprint.
    public var reportData: ReportData? {
        guard let thumbprint = AttestationStatement.thumbprint(activeKey) else { return nil }
        return ReportProfile.reportData(
            subject: SHA256.hash(bytes), thumbprint: thumbprint, nonceRoot: nonceRoot)
    }

    /// The 32 bytes of a thumbprint.
    static func thumbprint(_ text: String) -> [UInt8]? {
        guard let bytes = Base64.decodeURL(text), bytes.count == 32 else { return nil }
        return bytes
    }
}
