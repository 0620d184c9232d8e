public import Cryptography
public import Database
public import Primitives

/// Table `node_keys`: the session keys of every node on this database, each with a code under a key from the root that
/// the nodes share. Whoever can write the database, but does not know the root, can add no key and prolong none.
///
/// The code shows that a node with our root made the key, not what code that node runs: where there is hardware to say
/// so, evidence decides and this table does not (see `SessionWatch.Trust`).
public struct NodeKeys: Sendable {
    /// How often a node says that its keys are in use, in seconds. Each time they are accepted for a session's lifetime
    /// more, since that is how long a token may live that was just signed.
    public static let heartbeatSeconds: Int64 = 60
    /// Keys that are read at once: a day's starts of a handful of nodes.
    public static let maximumKeys = 256
    private static let domain = Array("sealgate/node-keys/v1".utf8)

    /// A key that a node vouches for.
    public struct Entry: Sendable {
        /// The key.
        public let key: ES256PublicKey
        /// From when nothing that it signed can be good.
        public let acceptedUntil: Timestamp
    }

    private let key: Secret

    /// The table under the tree's key.
    public init(keys: KeyTree) throws(SecretError) {
        key = try keys.key(for: .nodeKeys)
    }

    /// Says that `keys` are in use at `now`.
    public func publish(_ keys: [ES256PublicKey], at now: Timestamp, in tx: borrowing WriteTransaction) throws {
        let until = now.adding(seconds: Sessions.lifetimeSeconds + 2 * NodeKeys.heartbeatSeconds)
        // In one order on every node, so that none waits for another crosswise.
        for key in keys.sorted(by: { $0.thumbprint < $1.thumbprint }) {
            let text = key.jwk.bytes
            try tx.execute(
                """
                insert into node_keys (kid, public_key, accepted_until, code) values ($1, $2, $3, $4)
                on conflict (kid) do update set accepted_until = excluded.accepted_until, code = excluded.code
                """,
                [
                    .text(key.thumbprint), .blob(text), .timestamp(until),
                    .blob(code(key.thumbprint, text, until)),
                ])
        }
    }

    /// The keys whose tokens may be good at `now`. Rows with a wrong code count for nothing.
    public func accepted(at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable) throws -> [Entry] {
        try tx.rows(
            """
            select kid, public_key, accepted_until, code from node_keys where accepted_until > $1
                order by accepted_until desc limit $2
            """, [.timestamp(now), .integer(Int64(NodeKeys.maximumKeys))]
        ) { row in
            let (kid, text, until) = (try row.text(0), try row.blob(1), try row.timestamp(2))
            guard
                HMACSHA256.isValid(
                    try row.blob(3), over: NodeKeys.domain, NodeKeys.fields(kid, until), text, key: key),
                let json = try? JSON(parsing: text), let key = try? ES256PublicKey(jwk: json), key.thumbprint == kid
            else { return nil }
            return Entry(key: key, acceptedUntil: until)
        }.compactMap { $0 }
    }

    /// Forgets keys whose last token has ended; returns how many.
    @discardableResult
    public static func purge(before now: Timestamp, limit: Int, in tx: borrowing WriteTransaction) throws -> Int {
        try tx.execute(
            """
            delete from node_keys where kid in
                (select kid from node_keys where accepted_until <= $1 order by accepted_until limit $2)
            """, [.timestamp(now), .integer(Int64(limit))])
    }

    private func code(_ kid: String, _ text: [UInt8], _ until: Timestamp) -> [UInt8] {
        HMACSHA256.code(over: NodeKeys.domain, NodeKeys.fields(kid, until), text, key: key)
    }

    /// The thumbprint has one length; so has the moment.
    private static func fields(_ kid: String, _ until: Timestamp) -> [UInt8] {
        Array(kid.utf8) + withUnsafeBytes(of: until.unixMicroseconds.bigEndian) { Array($0) }
    }
}
