import Cryptography
import Primitives

/// The settings that trust in a gateway rests on although no measurement covers them: who can bring its root secret
/// back, and who says which releases may have it. They stand in the statement, so that whoever relies on a gateway sees
/// them, and sees them change.
public struct StatedTrust: Hashable, Sendable {
    /// The set of shares that the root was split into.
    public struct Recovery: Hashable, Sendable {
        /// The set's id, 16 bytes.
        public let set: [UInt8]
        /// How many shares give the root back.
        public let threshold: Int
        /// How many shares there are.
        public let shares: Int

        /// The set of a recovery document.
        public init(_ set: RecoverySet) {
            self.init(set: set.id, threshold: set.threshold, shares: set.count)
        }

        init(set: [UInt8], threshold: Int, shares: Int) {
            self.set = set
            self.threshold = threshold
            self.shares = shares
        }
    }

    /// Nobody can bring the root back by shares, and it is handed to nobody.
    public static let none = StatedTrust(recovery: nil, releaseKey: nil)

    /// The shares of the root; nil if it was not split.
    public let recovery: Recovery?
    /// Thumbprint (RFC 7638, base64url) of the key that signs the release list; nil where no hand-over is open.
    public let releaseKey: String?

    /// Settings to be stated.
    public init(recovery: Recovery?, releaseKey: String?) {
        self.recovery = recovery
        self.releaseKey = releaseKey
    }

    /// The statement's members `recovery` and `releaseKey`.
    var members: [JSON.Member] {
        let recovery = recovery.map { recovery -> JSON in
            [
                "set": .string(Hex.encode(recovery.set)), "shares": .integer(Int64(recovery.shares)),
                "threshold": .integer(Int64(recovery.threshold)),
            ]
        }
        return [.init("recovery", recovery ?? .null), .init("releaseKey", releaseKey.map(JSON.string) ?? .null)]
    }

    /// Reads the members; nil if one is there and of another form. A statement of an earlier version has neither.
    init?(statement json: JSON) {
        var recovery: Recovery?
        if let value = json["recovery"], !value.isNull {
            guard let set = value["set"]?.string.flatMap({ WireHex.decode($0, count: RecoveryShare.setIDBytes) }),
                let threshold = value["threshold"]?.integer, let shares = value["shares"]?.integer,
                (1...Int64(RecoverySet.maximumShares)).contains(shares), (1...shares).contains(threshold)
            else { return nil }
            recovery = Recovery(set: set, threshold: Int(threshold), shares: Int(shares))
        }
        var releaseKey: String?
        if let value = json["releaseKey"], !value.isNull {
            guard let text = value.string, AttestationStatement.thumbprint(text) != nil else { return nil }
            releaseKey = text
        }
        self.init(recovery: recovery, releaseKey: releaseKey)
    }
}
