public import Cryptography
public import Database
import Primitives

/// Table `known_release_lists`: the highest list of each release key that was ever taken, so that an older one is
/// refused after a restart as well. Whoever can write the database can make it forget; a list ends by its date all the
/// same.
public struct KnownReleaseLists: Sendable {
    /// The table's operations.
    public init() {}

    /// Takes a list, if none of this key with a higher issue was taken before, and no other one with this issue.
    /// Throws `ReleaseListFault.older` and `.twoOfOneIssue`, and what the database throws.
    public func admit(_ list: ReleaseList, of key: Ed25519PublicKey, in tx: borrowing WriteTransaction) throws {
        let hash = SHA256.hash(list.json.canonicalBytes)
        let known = try tx.first(
            "select issue, list_hash from known_release_lists where key = $1", [.text(key.thumbprint)]
        ) { row in (issue: try row.integer(0), hash: try row.blob(1)) }
        if let known {
            guard list.issue >= known.issue else {
                throw ReleaseListFault.older(issue: list.issue, known: known.issue)
            }
            guard list.issue > known.issue || hash == known.hash else {
                throw ReleaseListFault.twoOfOneIssue(list.issue)
            }
        }
        try tx.execute(
            """
            insert into known_release_lists (key, issue, list_hash) values ($1, $2, $3)
            on conflict (key) do update set issue = excluded.issue, list_hash = excluded.list_hash
            """, [.text(key.thumbprint), .integer(list.issue), .blob(hash)])
    }
}
