public import Cryptography
public import Database
import Ethereum
public import Primitives

/// Tables `device_pairings`, `device_delegations` and `device_code_attempts`. Codes and addresses stand in them as
/// keyed indices, all else sealed to its row: who reads the database learns neither who pairs what, nor a code; who
/// writes it cannot pair.
public struct DeviceTables: Sendable {
    /// Pairings under way at a time. Asking for one needs no login, so this bounds what strangers can store: some 6 MB.
    static let maximumPairings: Int64 = 10_000
    /// Devices of a wallet.
    public static let maximumDevices = 16
    /// Delegations that are tried for one device.
    static let maximumOwners = 32
    /// User codes that a wallet may try in vain in `attemptSeconds`.
    static let maximumAttempts: Int64 = 10
    /// How long a wallet's tries are counted together.
    static let attemptSeconds: Int64 = 600

    private let records: SealedRecords
    private let indexKey: Secret
    private let alarm: @Sendable (Authenticator.Tampering) -> Void

    /// The tables under the tree's keys. `alarm` hears of rows that this gateway has not written so.
    public init(
        keys: KeyTree, alarm: @escaping @Sendable (Authenticator.Tampering) -> Void = { _ in }
    ) throws(SecretError) {
        self.alarm = alarm
        indexKey = try keys.key(for: .deviceIndex)
        records = SealedRecords(
            sealing: try keys.key(for: .deviceRecords), nonces: try keys.key(for: .deviceRecordNonces))
    }

    // MARK: Pairings

    /// Stores a new pairing. Throws `tooManyPairings`; false if another has the same user code.
    func insert(
        _ pairing: Pairing, deviceCode: String, userCode: String, random: [UInt8], at now: Timestamp,
        in tx: borrowing WriteTransaction
    ) throws -> Bool {
        let live = try tx.first(
            "select count(*) from device_pairings where expires_at > $1", [.timestamp(now)], { try $0.integer(0) })
        guard (live ?? 0) < DeviceTables.maximumPairings else { throw DeviceError.tooManyPairings }
        let place = index(.deviceCode, deviceCode)
        return try tx.execute(
            """
            insert into device_pairings (code_index, user_index, sealed, expires_at) values ($1, $2, $3, $4)
                on conflict (user_index) do nothing
            """,
            [
                .blob(place), .blob(index(.userCode, userCode)),
                .blob(records.seal(pairing.json, at: DeviceTables.pairing(place), random: random)),
                .timestamp(pairing.expiresAt),
            ]) == 1
    }

    /// A pairing and where it stands.
    struct StoredPairing: Sendable {
        var pairing: Pairing
        let place: [UInt8]
        let sealed: [UInt8]
    }

    /// The pairing with this device code, unless its time is over.
    func pairing(
        deviceCode: String, at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> StoredPairing? {
        try pairing(where: "code_index", index(.deviceCode, deviceCode), at: now, in: tx)
    }

    /// The pairing with this user code, unless its time is over.
    func pairing(
        userCode: String, at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> StoredPairing? {
        try pairing(where: "user_index", index(.userCode, userCode), at: now, in: tx)
    }

    private func pairing(
        where column: String, _ index: [UInt8], at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> StoredPairing? {
        let row = try tx.first(
            "select code_index, sealed from device_pairings where \(column) = $1", [.blob(index)],
            { (place: try $0.blob(0), sealed: try $0.blob(1)) })
        guard let row else { return nil }
        guard let json = records.open(row.sealed, at: DeviceTables.pairing(row.place)) else {
            alarm(.deviceMismatch)
            return nil
        }
        guard let pairing = Pairing(json: json), now < pairing.expiresAt else { return nil }
        return StoredPairing(pairing: pairing, place: row.place, sealed: row.sealed)
    }

    /// Stores what became of a pairing, if nobody else did meanwhile. Throws `alreadySettled` if so.
    func update(_ stored: StoredPairing, random: [UInt8], in tx: borrowing WriteTransaction) throws {
        let sealed = records.seal(stored.pairing.json, at: DeviceTables.pairing(stored.place), random: random)
        let updated = try tx.execute(
            "update device_pairings set sealed = $2 where code_index = $1 and sealed = $3",
            [.blob(stored.place), .blob(sealed), .blob(stored.sealed)])
        guard updated == 1 else { throw DeviceError.alreadySettled }
    }

    // MARK: Attempts

    /// Counts a user code that was none. False if the wallet has tried too many already: then nothing is counted.
    func mayTry(_ wallet: WalletID, at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable) throws -> Bool {
        let tried = try tx.first(
            "select tries from device_code_attempts where wallet_id = $1 and since > $2",
            [.wallet(wallet), .timestamp(now.adding(seconds: -DeviceTables.attemptSeconds))], { try $0.integer(0) })
        return (tried ?? 0) < DeviceTables.maximumAttempts
    }

    /// Counts a user code that was none.
    func countTry(_ wallet: WalletID, at now: Timestamp, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            """
            insert into device_code_attempts (wallet_id, since, tries) values ($1, $2, 1)
                on conflict (wallet_id) do update set
                    tries = case when device_code_attempts.since > $3 then device_code_attempts.tries + 1 else 1 end,
                    since = case when device_code_attempts.since > $3 then device_code_attempts.since else $2 end
            """,
            [
                .wallet(wallet), .timestamp(now), .timestamp(now.adding(seconds: -DeviceTables.attemptSeconds)),
            ])
    }

    // MARK: Delegations

    /// Adds a device to the wallet. Throws `tooManyDevices`.
    func insert(
        _ delegation: Delegation, random: [UInt8], at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws {
        let wallet = delegation.wallet
        try tx.execute(
            "delete from device_delegations where wallet_id = $1 and expires_at <= $2",
            [.wallet(wallet), .timestamp(now)])
        let count = try tx.first(
            "select count(*) from device_delegations where wallet_id = $1", [.wallet(wallet)], { try $0.integer(0) })
        guard (count ?? 0) < Int64(DeviceTables.maximumDevices) else { throw DeviceError.tooManyDevices }
        let place = DeviceTables.delegation(delegation.id, wallet)
        try tx.execute(
            """
            insert into device_delegations (id, wallet_id, device_index, sealed, created_at, expires_at)
                values ($1, $2, $3, $4, $5, $6)
            """,
            [
                .text(delegation.id), .wallet(wallet), .blob(index(.of(delegation.key), delegation.address.lowercase)),
                .blob(records.seal(delegation.json, at: place, random: random)), .timestamp(delegation.createdAt),
                .timestamp(delegation.expiresAt),
            ])
    }

    /// The wallet's devices that are good at `now`, oldest first.
    func delegations(
        of wallet: WalletID, at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> [Delegation] {
        try tx.rows(
            "select id, wallet_id, sealed from device_delegations where wallet_id = $1 order by id",
            [.wallet(wallet)], delegation
        ).compactMap { $0 }.filter { now < $0.expiresAt }
    }

    /// The delegations of a device that are good at `now`, newest first: those that it proved as this address's wallet,
    /// then those of other keys under the address. Any such key can take any address for its name, so they are kept
    /// apart, and of either kind the oldest are tried: whoever takes a device's name later does not crowd it out.
    func delegations(
        device address: String, at now: Timestamp, in tx: borrowing some SQLReader & ~Copyable
    ) throws -> [Delegation] {
        var found: [Delegation] = []
        for kind in [Kind.walletDevice, .device] {
            found += try tx.rows(
                """
                select id, wallet_id, sealed from device_delegations where device_index = $1 and expires_at > $2
                    order by created_at, id limit $3
                """,
                [.blob(index(kind, address)), .timestamp(now), .integer(Int64(DeviceTables.maximumOwners))], delegation
            ).reversed().compactMap { $0 }.filter { now < $0.expiresAt }
        }
        return found
    }

    /// The delegation with this id.
    func delegation(_ id: String, in tx: borrowing some SQLReader & ~Copyable) throws -> Delegation? {
        try tx.first(
            "select id, wallet_id, sealed from device_delegations where id = $1", [.text(id)], delegation
        ).flatMap { $0 }
    }

    /// Removes a device of the wallet; false if there is none.
    func remove(_ id: String, of wallet: WalletID, in tx: borrowing WriteTransaction) throws -> Bool {
        try tx.execute(
            "delete from device_delegations where id = $1 and wallet_id = $2", [.text(id), .wallet(wallet)]) == 1
    }

    /// Removes every device of the wallet and returns how many those were.
    func removeAll(of wallet: WalletID, in tx: borrowing WriteTransaction) throws -> Int {
        try tx.execute("delete from device_delegations where wallet_id = $1", [.wallet(wallet)])
    }

    /// Removes what is over, at most `limit` rows of each table, and returns the most that were removed from one.
    @discardableResult
    public func purge(before moment: Timestamp, limit: Int, in tx: borrowing WriteTransaction) throws -> Int {
        let bounds: [SQLValue] = [.timestamp(moment), .integer(Int64(limit))]
        let pairings = try tx.execute(
            """
            delete from device_pairings where code_index in
                (select code_index from device_pairings where expires_at < $1 order by expires_at limit $2)
            """, bounds)
        let delegations = try tx.execute(
            """
            delete from device_delegations where id in
                (select id from device_delegations where expires_at < $1 order by expires_at limit $2)
            """, bounds)
        let attempts = try tx.execute(
            """
            delete from device_code_attempts where wallet_id in
                (select wallet_id from device_code_attempts where since < $1 order by since limit $2)
            """,
            [.timestamp(moment.adding(seconds: -DeviceTables.attemptSeconds)), .integer(Int64(limit))])
        return max(pairings, delegations, attempts)
    }

    private func delegation(_ row: borrowing Row) throws -> Delegation? {
        let (id, wallet) = (try row.text(0), try row.wallet(1))
        guard let json = records.open(try row.blob(2), at: DeviceTables.delegation(id, wallet)) else {
            alarm(.deviceMismatch)
            return nil
        }
        return Delegation(id: id, wallet: wallet, json: json)
    }

    private enum Kind: String {
        case deviceCode = "sealgate/device-code/v1"
        case userCode = "sealgate/user-code/v1"
        /// Of devices with a key of their own, and of all from before the two were kept apart.
        case device = "sealgate/device-address/v1"
        case walletDevice = "sealgate/device-wallet/v1"

        static func of(_ key: DeviceKey) -> Kind {
            key == .wallet ? .walletDevice : .device
        }
    }

    private func index(_ kind: Kind, _ text: String) -> [UInt8] {
        HMACSHA256.code(over: Array(kind.rawValue.utf8), [0], Array(text.utf8), key: indexKey)
    }

    private static func pairing(_ place: [UInt8]) -> [UInt8] {
        Array("sealgate/device-pairing/v1".utf8) + place
    }

    private static func delegation(_ id: String, _ wallet: WalletID) -> [UInt8] {
        JSON.array([.string("sealgate/device-delegation/v1"), .string(id), .integer(wallet.rawValue)]).bytes
    }
}
