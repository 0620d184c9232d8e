public import Cryptography
public import Database
public import Primitives

/// A wallet's settings: an open JSON object that its clients agree on among themselves. Stored sealed, because clients
/// keep personal things in it.
public struct WalletSettings: Sendable {
    /// The merged settings would exceed `maximumMembers` or `maximumBytes`; nothing was changed.
    public struct TooLarge: Error, Hashable, Sendable {}

    /// Settings a wallet may have; the clients known use fewer than forty.
    public static let maximumMembers = 128
    /// Bytes of all settings as JSON: a form, not a store.
    public static let maximumBytes = 16_384
    /// Random bytes that a write needs.
    public static let randomBytes = AESGCM.nonceBytes
    private static let domain = Array("sealgate/wallet-settings/v1".utf8)
    /// Two names in use for one setting; both are shown, the newer is stored.
    private static let schedule = (stored: "improveSchedule", alias: "selfImprovementSchedule")

    private let key: Secret
    private let nonceKey: Secret

    /// Settings sealed under a key of the root.
    public init(keys: KeyTree) throws(SecretError) {
        key = try keys.key(for: .walletSettings)
        nonceKey = try keys.key(for: .walletSettingsNonces)
    }

    /// The wallet's settings; empty if it never set any.
    public func read(_ wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> [JSON.Member] {
        WalletSettings.withAlias(try stored(wallet, in: tx))
    }

    /// Lays `changes` over what is stored and returns the whole. A null removes a setting. `random` is `randomBytes`
    /// fresh bytes. Throws `TooLarge`, `WalletError.damaged` or `DatabaseError`.
    public func merge(
        _ changes: [JSON.Member], of wallet: WalletID, random: [UInt8], in tx: borrowing WriteTransaction,
        at now: Timestamp
    ) throws -> [JSON.Member] {
        try tx.lock(wallet)
        var members = try stored(wallet, in: tx)
        for change in changes {
            let name = change.name == WalletSettings.schedule.alias ? WalletSettings.schedule.stored : change.name
            let place = members.firstIndex { $0.name == name }
            switch (place, change.value.isNull) {
            case (let place?, true): members.remove(at: place)
            case (let place?, false): members[place] = .init(name, change.value)
            case (nil, false): members.append(.init(name, change.value))
            case (nil, true): break
            }
        }
        let bytes = JSON.object(members).bytes
        guard members.count <= WalletSettings.maximumMembers, bytes.count <= WalletSettings.maximumBytes else {
            throw TooLarge()
        }
        let nonce = WalletSettings.nonce(random, wallet, bytes, key: nonceKey)
        let sealed = nonce + AESGCM.seal(bytes, key: key, nonce: nonce, associated: WalletSettings.place(wallet))
        try tx.execute(
            """
            insert into wallet_settings (wallet_id, sealed, updated_at) values ($1, $2, $3)
            on conflict (wallet_id) do update set sealed = excluded.sealed, updated_at = excluded.updated_at
            """,
            [.wallet(wallet), .blob(sealed), .timestamp(now)])
        return WalletSettings.withAlias(members)
    }

    private func stored(_ wallet: WalletID, in tx: borrowing some SQLReader & ~Copyable) throws -> [JSON.Member] {
        let sealed = try tx.first("select sealed from wallet_settings where wallet_id = $1", [.wallet(wallet)]) {
            try $0.blob(0)
        }
        guard let sealed else { return [] }
        guard sealed.count > AESGCM.nonceBytes,
            let bytes = try? AESGCM.open(
                Array(sealed[AESGCM.nonceBytes...]), key: key, nonce: Array(sealed[..<AESGCM.nonceBytes]),
                associated: WalletSettings.place(wallet)),
            let members = (try? JSON(parsing: bytes))?.members
        else { throw WalletError.damaged }
        return members
    }

    /// The nonce follows from the content too: a transaction that runs again may find other settings to change, and two
    /// contents must never share a nonce.
    private static func nonce(_ random: [UInt8], _ wallet: WalletID, _ bytes: [UInt8], key: Secret) -> [UInt8] {
        let code = HMACSHA256.code(over: place(wallet), random, SHA256.hash(bytes), key: key)
        return Array(code.prefix(AESGCM.nonceBytes))
    }

    /// Seals hold in one row only.
    private static func place(_ wallet: WalletID) -> [UInt8] {
        domain + withUnsafeBytes(of: wallet.rawValue.bigEndian, Array.init)
    }

    private static func withAlias(_ members: [JSON.Member]) -> [JSON.Member] {
        guard let value = members.first(where: { $0.name == schedule.stored })?.value else { return members }
        return members + [.init(schedule.alias, value)]
    }
}
