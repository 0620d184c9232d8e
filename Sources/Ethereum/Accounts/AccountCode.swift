/// What stands at an address on a chain.
public enum AccountCode: Hashable, Sendable {
    /// Nothing: only a key can speak for it.
    case none
    /// A delegation (EIP-7702): a key's account that lets a contract speak for it. Exactly `ef0100` and an address.
    case delegated(to: Address)
    /// A contract.
    case contract

    /// Bytes of a delegation: three of prefix, twenty of address.
    static let delegationBytes = 3 + Address.byteCount
    private static let delegationPrefix: [UInt8] = [0xEF, 0x01, 0x00]

    /// Reads what `eth_getCode` gives.
    public init(_ code: [UInt8]) {
        if code.isEmpty {
            self = .none
        } else if code.count == AccountCode.delegationBytes, code.starts(with: AccountCode.delegationPrefix),
            let delegate = Address(bytes: Array(code.dropFirst(3)))
        {
            self = .delegated(to: delegate)
        } else {
            self = .contract
        }
    }
}
