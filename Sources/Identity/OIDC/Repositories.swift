public import Cryptography
import Database
import Primitives

/// Table `github_repositories`. Names stand in it as keyed indices, all else sealed to its row.
public struct Repositories: Sendable {
    /// Repositories of a wallet.
    public static let maximumPerWallet = 32
    private static let indexDomain = Array("sealgate/repository/v1".utf8)

    private let records: SealedRecords
    private let indexKey: Secret
    private let alarm: @Sendable (Authenticator.Tampering) -> Void

    /// A registration as it stands.
    struct Stored: Sendable {
        var repository: Repository
        let sealed: [UInt8]
    }

    /// The table under the tree's keys. `alarm` hears of rows that this gateway has not written so.
    public init(
        keys: KeyTree, alarm: @escaping @Sendable (Authenticator.Tampering) -> Void = { _ in }
    ) throws(SecretError) {
        self.alarm = alarm
        indexKey = try keys.key(for: .repositoryIndex)
        records = SealedRecords(
            sealing: try keys.key(for: .repositoryRecords), nonces: try keys.key(for: .repositoryRecordNonces))
    }

    /// Registers a repository; one of the same name is replaced, and its id returned. Throws `WorkflowError.tooMany`.
    func insert(_ repository: Repository, random: [UInt8], in tx: borrowing WriteTransaction) throws -> String? {
        try tx.lock(repository.wallet)
        let index = index(repository.name)
        let replaced = try tx.first(
            "select id from github_repositories where wallet_id = $1 and name_index = $2",
            [.wallet(repository.wallet), .blob(index)], { try $0.text(0) })
        if let replaced { _ = try remove(replaced, of: repository.wallet, in: tx) }
        let count = try tx.first(
            "select count(*) from github_repositories where wallet_id = $1", [.wallet(repository.wallet)],
            { try $0.integer(0) })
        guard (count ?? 0) < Int64(Repositories.maximumPerWallet) else { throw WorkflowError.tooMany }
        try tx.execute(
            """
            insert into github_repositories (id, wallet_id, name_index, sealed, created_at)
                values ($1, $2, $3, $4, $5)
            """,
            [
                .text(repository.id), .wallet(repository.wallet), .blob(index), .blob(seal(repository, random)),
                .timestamp(repository.createdAt),
            ])
        return replaced
    }

    /// The wallet's repositories, oldest first.
    func list(of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> [Repository] {
        try tx.rows(
            "select id, wallet_id, sealed from github_repositories where wallet_id = $1 order by id",
            [.wallet(wallet)], stored
        ).compactMap { $0?.repository }
    }

    /// The wallet's registration of a repository.
    func find(
        _ name: String, of wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> Stored? {
        try tx.first(
            "select id, wallet_id, sealed from github_repositories where name_index = $1 and wallet_id = $2",
            [.blob(index(name)), .wallet(wallet)], stored
        ).flatMap { $0 }
    }

    /// The registrations of a repository, oldest first, at most `limit`.
    func find(_ name: String, limit: Int, in tx: borrowing some SQLReader & ~Copyable) throws -> [Stored] {
        try tx.rows(
            """
            select id, wallet_id, sealed from github_repositories where name_index = $1 order by id limit $2
            """,
            [.blob(index(name)), .integer(Int64(limit))], stored
        ).compactMap { $0 }
    }

    /// Stores what was learnt of a repository. False if somebody else changed the row meanwhile.
    func update(_ changed: Stored, random: [UInt8], in tx: borrowing WriteTransaction) throws -> Bool {
        try tx.execute(
            "update github_repositories set sealed = $2 where id = $1 and sealed = $3",
            [.text(changed.repository.id), .blob(seal(changed.repository, random)), .blob(changed.sealed)]) == 1
    }

    /// Removes a registration of the wallet; false if there is none.
    func remove(_ id: String, of wallet: WalletID, in tx: borrowing WriteTransaction) throws -> Bool {
        try tx.execute(
            "delete from github_repositories where id = $1 and wallet_id = $2", [.text(id), .wallet(wallet)]) == 1
    }

    /// Removes every registration of the wallet and returns how many those were.
    func removeAll(of wallet: WalletID, in tx: borrowing WriteTransaction) throws -> Int {
        try tx.execute("delete from github_repositories where wallet_id = $1", [.wallet(wallet)])
    }

    private func stored(_ row: borrowing Row) throws -> Stored? {
        let (id, wallet, sealed) = (try row.text(0), try row.wallet(1), try row.blob(2))
        guard let json = records.open(sealed, at: Repositories.place(id, wallet)) else {
            alarm(.repositoryMismatch)
            return nil
        }
        guard let repository = Repository(id: id, wallet: wallet, json: json) else { return nil }
        return Stored(repository: repository, sealed: sealed)
    }

    private func seal(_ repository: Repository, _ random: [UInt8]) -> [UInt8] {
        records.seal(
            repository.json, at: Repositories.place(repository.id, repository.wallet), random: random)
    }

    private func index(_ name: String) -> [UInt8] {
        HMACSHA256.code(over: Repositories.indexDomain, Array(name.utf8), key: indexKey)
    }

    private static func place(_ id: String, _ wallet: WalletID) -> [UInt8] {
        JSON.array([.string("sealgate/repository/v1"), .string(id), .integer(wallet.rawValue)]).bytes
    }
}
