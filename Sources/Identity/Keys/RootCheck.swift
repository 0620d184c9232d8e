public import Cryptography
public import Database
public import Primitives

/// Table `root_check`: one code under the root that the database was begun with, so that no other root is taken for it.
/// Under another root no wallet would be found again, and each would silently begin anew beside its own money.
public struct RootCheck: Sendable {
    /// The database was begun under another root. Nothing was changed.
    public struct OtherRoot: Error, Hashable, Sendable {}

    private static let text = Array("sealgate/root-check/v1".utf8)

    private let key: Secret
    private let wallets: Wallets

    /// The check of this tree's root.
    public init(keys: KeyTree) throws(SecretError) {
        key = try keys.key(for: .rootCheck)
        wallets = try Wallets(keys: keys)
    }

    /// Throws `OtherRoot` unless the database belongs to this root. A database without a code gets one: at genesis, or
    /// if it is from before there were codes; then its first wallet has to open under this root.
    public func confirm(at now: Timestamp, in tx: borrowing WriteTransaction) throws {
        if let code = try tx.first("select code from root_check where id = 1", [], { try $0.blob(0) }) {
            guard HMACSHA256.isValid(code, over: RootCheck.text, key: key) else { throw OtherRoot() }
            return
        }
        if let first = try tx.first("select id from wallets order by id limit 1", [], { try $0.wallet(0) }) {
            guard try wallets.isOfThisRoot(first, in: tx) else { throw OtherRoot() }
        }
        // Of several nodes that begin it at once, perhaps under different roots, one is first.
        try tx.execute(
            "insert into root_check (id, code, created_at) values (1, $1, $2) on conflict (id) do nothing",
            [.blob(HMACSHA256.code(over: RootCheck.text, key: key)), .timestamp(now)])
        let code = try tx.first("select code from root_check where id = 1", [], { try $0.blob(0) })
        guard let code, HMACSHA256.isValid(code, over: RootCheck.text, key: key) else { throw OtherRoot() }
    }
}
