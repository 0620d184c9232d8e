/// The two incompatible drafts of ERC-8128 that are in use.
public enum SignatureRevision: String, Hashable, CaseIterable, Sendable {
    /// The early one: `keyid="erc8128:..."`, no tag, the scheme unsigned.
    case a
    /// The present one: `keyid="eip155:..."`, `tag="erc8128"`, scheme and query always signed.
    case b

    /// The tag of the present revision.
    static let tag = "erc8128"

    /// What stands before chain and address in `keyid`.
    var keyPrefix: String {
        switch self {
        case .a: "erc8128:"
        case .b: "eip155:"
        }
    }

    /// Of which of these revisions a signature with these parameters claims to be; nil for another use of signatures.
    init?(claimedBy parameters: StructuredParameters, among revisions: Set<SignatureRevision>) {
        let keyID = parameters["keyid"]?.string ?? ""
        if revisions.contains(.a), keyID.utf8.starts(with: SignatureRevision.a.keyPrefix.utf8) {
            self = .a
        } else if revisions.contains(.b),
            parameters["tag"]?.string?.utf8.elementsEqual(SignatureRevision.tag.utf8) == true
        {
            self = .b
        } else {
            return nil
        }
    }
}
