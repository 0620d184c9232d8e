import Primitives

/// A saved secret as its table holds it.
struct VaultRecord: Hashable, Sendable {
    /// What of a signature a record was sealed under.
    struct Seal: Hashable, Sendable {
        let kind: VaultTextKind
        /// `VaultKey.check` of the record's name; nil in a record from before there were any.
        let check: [UInt8]?
        /// The grant that stored it; nil in a record from before that was noted.
        let grant: String?
        /// When a signature of another login, or a second one beside the first, was seen to give the same key.
        let provenAt: Timestamp?
    }

    let name: SecretName
    /// Nil for a copy that the gateway can open alone.
    let seal: Seal?
    /// `VaultText.version` of the text that was signed.
    let textVersion: Int64
    let epoch: VaultEpoch
    let stored: StoredEnvelope

    /// Whether a later login's signature has been seen to open it.
    var isProven: Bool { seal?.provenAt != nil }

    /// Whether a signature that opens it in `grant` is another than the one that it was stored with.
    func isOfAnotherLogin(than grant: String) -> Bool {
        seal != nil && seal?.grant != grant
    }
}
