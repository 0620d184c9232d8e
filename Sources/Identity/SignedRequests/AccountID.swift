public import Ethereum

/// An account on a chain, as `keyid` names it.
public struct AccountID: Hashable, Sendable {
    /// The chain's EIP-155 number.
    public let chainID: UInt64
    /// The account.
    public let address: Address

    /// An account by its parts.
    public init(chainID: UInt64, address: Address) {
        self.chainID = chainID
        self.address = address
    }

    /// Reads a `keyid`. Revision B takes CAIP-10 in its canonical spelling alone, digits in lower case; A takes any
    /// case, as its signers write it. The chain is a decimal number without leading zeros.
    init?(_ text: String, _ revision: SignatureRevision) {
        guard text.utf8.starts(with: revision.keyPrefix.utf8) else { return nil }
        let parts = text.utf8.dropFirst(revision.keyPrefix.utf8.count).split(
            separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let chainID = AccountID.chain(parts[0]) else { return nil }
        let spelled = Substring(parts[1])
        guard spelled.utf8.starts(with: "0x".utf8), let address = Address(spelled.lowercased()) else { return nil }
        if revision == .b, !spelled.utf8.elementsEqual(address.lowercase.utf8) { return nil }
        self.init(chainID: chainID, address: address)
    }

    private static func chain(_ digits: Substring.UTF8View) -> UInt64? {
        guard digits.first != UInt8(ascii: "0"), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt64(Substring(digits))
    }

    /// CAIP-10 in lower case: the one name under which nonces are remembered, whichever revision signed.
    public var text: String { keyID(.b) }

    /// The `keyid` of a revision.
    func keyID(_ revision: SignatureRevision) -> String {
        "\(revision.keyPrefix)\(chainID):\(address.lowercase)"
    }
}
