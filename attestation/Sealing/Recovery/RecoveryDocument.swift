public import Cryptography
public import Primitives

/// The set and every sealed share of one ceremony, in one file. It is public: copies belong to every custodian and into
/// every backup, because what helps after a loss must not lie where the loss was.
public struct RecoveryDocument: Hashable, Sendable {
    /// More than a ceremony of 16 needs.
    public static let maximumBytes = 128 << 10

    /// What is public about the split.
    public let set: RecoverySet
    /// One for each index, in order.
    public let shares: [SealedRecoveryShare]

    /// Splits `root` (32 bytes) and seals one share to each key, in their order; any `threshold` of them give it back.
    /// Throws `badParameters` also when two keys are the same: one custodian would count twice.
    public init(
        of root: Secret, for custodians: [X25519PublicKey], threshold: Int, gateway: String
    ) throws(RecoveryFault) {
        guard Set(custodians).count == custodians.count else { throw .badParameters }
        let (set, shares) = try RecoverySet.split(
            root, threshold: threshold, count: custodians.count, gateway: gateway)
        var sealed: [SealedRecoveryShare] = []
        for (share, custodian) in zip(shares, custodians) {
            sealed.append(try SealedRecoveryShare(sealing: share, of: set, to: custodian))
        }
        self.set = set
        self.shares = sealed
    }

    /// The share that is sealed to a key; nil if none is.
    public func share(for key: X25519PublicKey) -> SealedRecoveryShare? {
        let name = key.thumbprint
        return shares.first { $0.recipient == name }
    }

    /// The file's text, as a value.
    public var json: JSON {
        ["version": 1, "set": set.json, "shares": .array(shares.map(\.json))]
    }

    /// Reads a file. Throws `malformed`, also when a share is of another set or not at its place.
    public init(_ bytes: [UInt8]) throws(RecoveryFault) {
        guard bytes.count <= RecoveryDocument.maximumBytes, let json = try? JSON(parsing: bytes),
            json["version"] == 1, let set = json["set"], let list = json["shares"]?.array
        else { throw .malformed }
        self.set = try RecoverySet(json: set)
        var shares: [SealedRecoveryShare] = []
        for each in list { shares.append(try SealedRecoveryShare(json: each)) }
        guard shares.map(\.index) == Array(1...self.set.count) else { throw .malformed }
        for share in shares where share.set != self.set { throw .otherSet(index: share.index) }
        self.shares = shares
    }
}
