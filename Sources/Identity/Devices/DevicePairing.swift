import Cryptography
public import Database
public import Ethereum
public import Primitives

/// Pairing devices, and letting paired ones in. Pairings live in the database, so that each step may meet another node.
///
/// A device asks (`begin`), proves which key it has (`prove`), its owner approves by a login (`approve`), and the
/// device fetches its first session (`collect`). Until the delegation ends it gets further ones for a signature
/// (`refresh`).
public struct DevicePairing: Sendable {
    /// How often a device may look whether it was approved, in seconds.
    public static let intervalSeconds: Int64 = 3
    static let deviceCodeBytes = 32
    static let nonceBytes = 16
    /// Random bytes that hide that two records are the same.
    static let recordRandomBytes = 16
    /// How often a user code is drawn again that another pairing has.
    private static let draws = 5

    let origin: String
    let sessionTokens: SessionTokens
    let authority: ChallengeAuthority
    let wallets: Wallets
    let tables: DeviceTables
    let database: Database
    let clock: any WallClock
    let random: any RandomSource
    let sessions = Sessions()

    /// Pairing at the gateway whose public origin is `origin`.
    public init(
        origin: String, sessionTokens: SessionTokens, authority: ChallengeAuthority, wallets: Wallets,
        tables: DeviceTables, database: Database, clock: any WallClock, random: any RandomSource
    ) {
        self.origin = origin
        self.sessionTokens = sessionTokens
        self.authority = authority
        self.wallets = wallets
        self.tables = tables
        self.database = database
        self.clock = clock
        self.random = random
    }

    /// Takes in a device that wants to be paired. `wanted` is what it asks to be allowed, nil to leave that to its
    /// owner. Throws `DeviceError` or `DatabaseError`.
    public func begin(_ description: DeviceDescription, wanted: [String]?) async throws -> DeviceInvitation {
        let now = clock.now()
        let permissions = try wanted.map { texts throws(DeviceError) in try DevicePairing.permissions(texts) }
        let pairing = Pairing(
            description, wanted: permissions, nonce: Hex.encode(random.bytes(DevicePairing.nonceBytes)),
            expiresAt: Timestamp(unixSeconds: now.unixSeconds).adding(seconds: Pairing.lifetimeSeconds))
        let deviceCode = Base64.encodeURL(random.bytes(DevicePairing.deviceCodeBytes))
        for _ in 0..<DevicePairing.draws {
            guard let shown = UserCode.make(random: random.bytes(UserCode.randomBytes)),
                let userCode = UserCode.normalised(shown)
            else { continue }
            let salt = random.bytes(DevicePairing.recordRandomBytes)
            let isStored = try await database.write { [tables] tx in
                try tables.insert(
                    pairing, deviceCode: deviceCode, userCode: userCode, random: salt, at: now, in: tx)
            }
            guard isStored else { continue }
            return DeviceInvitation(
                deviceCode: deviceCode, userCode: shown, expiresAt: pairing.expiresAt, nonce: pairing.nonce,
                message: pairing.message(origin: origin))
        }
        throw DeviceError.tooManyPairings
    }

    /// Takes the device's signature over the text of its pairing. `publicKey` is given by a device that does not sign
    /// as a wallet. Throws `DeviceError` or `DatabaseError`.
    public func prove(
        deviceCode: String, address: String, signature: String, publicKey: String?
    ) async throws -> Address {
        let now = clock.now()
        guard let address = Address(address) else { throw DeviceError.malformedAddress }
        let key: DeviceKey
        if let publicKey {
            guard let given = DeviceKey(publicKey: publicKey) else { throw DeviceError.malformedKey }
            key = given
        } else {
            key = .wallet
        }
        let salt = random.bytes(DevicePairing.recordRandomBytes)
        try await database.write { [tables, origin] tx in
            guard var stored = try tables.pairing(deviceCode: deviceCode, at: now, in: tx) else {
                throw DeviceError.unknownPairing
            }
            try stored.pairing.verify(.init(address: address, key: key), signature: signature, origin: origin)
            try tables.update(stored, random: salt, in: tx)
        }
        return address
    }

    /// What an owner has granted.
    public struct Approved: Hashable, Sendable {
        /// The device.
        public let device: Address
        /// What it may do.
        public let scopes: [Permission]
        /// When its first session ends.
        public let expiresAt: Timestamp
        /// When it gets no further one.
        public let delegationExpiresAt: Timestamp
    }

    /// The owner's approval of the device that shows `userCode`. `scopes` nil grants what the device asked for.
    /// Where a contract had a say in the owner's login the approval ends with that. A wallet that tries too many codes
    /// that are none has to wait. Throws `DeviceError` or `DatabaseError`.
    public func approve(
        userCode typed: String, scopes: [String]?, lifetimeSeconds: Int64 = Delegation.defaultLifetimeSeconds,
        by owner: CredentialOwner
    ) async throws -> Approved {
        guard owner.isLogin else { throw DeviceError.loginRequired }
        guard (Delegation.minimumLifetimeSeconds...Delegation.maximumLifetimeSeconds).contains(lifetimeSeconds) else {
            throw DeviceError.malformed
        }
        guard let userCode = UserCode.normalised(typed) else { throw DeviceError.unknownUserCode }
        let now = clock.now()
        let end = Timestamp(unixSeconds: now.unixSeconds).adding(seconds: lifetimeSeconds)
        let request = ApprovalRequest(
            userCode: userCode, owner: owner,
            scopes: try scopes.map { texts throws(DeviceError) in try DevicePairing.permissions(texts) },
            delegation: Identifier.make(Delegation.idPrefix, at: now, random: random),
            session: Identifier.make(CredentialKind.device.rawValue, at: now, random: random),
            delegationEnd: owner.isLasting ? end : min(end, Timestamp(unixSeconds: owner.expiresAt.unixSeconds)),
            salts: (
                random.bytes(DevicePairing.recordRandomBytes), random.bytes(DevicePairing.recordRandomBytes)
            ))
        let outcome = try await database.write { [self] tx in try approve(request, at: now, in: tx) }
        switch outcome {
        case .success(let approved): return approved
        // Returned from the body, not thrown: what was counted against the wallet is to stay.
        case .failure(let error): throw error
        }
    }

    private struct ApprovalRequest: Sendable {
        let userCode: String
        let owner: CredentialOwner
        let scopes: [Permission]?
        let delegation: String
        let session: String
        let delegationEnd: Timestamp
        let salts: (delegation: [UInt8], pairing: [UInt8])
    }

    private func approve(
        _ request: ApprovalRequest, at now: Timestamp, in tx: borrowing WriteTransaction
    ) throws -> Result<Approved, DeviceError> {
        let wallet = request.owner.wallet
        try tx.lock(wallet)
        guard try tables.mayTry(wallet, at: now, in: tx) else { return .failure(.tooManyAttempts) }
        guard var stored = try tables.pairing(userCode: request.userCode, at: now, in: tx) else {
            try tables.countTry(wallet, at: now, in: tx)
            return .failure(.unknownUserCode)
        }
        let device = try stored.pairing.awaiting()
        let scopes = try stored.pairing.granted(request.scopes, allows: request.owner.allows)
        let delegation = Delegation(
            id: request.delegation, wallet: wallet, description: stored.pairing.description, device: device,
            scopes: scopes, createdAt: now, expiresAt: request.delegationEnd)
        try tables.insert(delegation, random: request.salts.delegation, at: now, in: tx)
        let session = try sessions.begin(
            id: request.session, of: wallet, at: now, until: delegation.expiresAt, parent: delegation.id, in: tx)
        try stored.pairing.approve(.init(delegation: delegation.id, session: session.id))
        try tables.update(stored, random: request.salts.pairing, in: tx)
        return .success(
            Approved(
                device: device.address, scopes: scopes, expiresAt: session.expiresAt,
                delegationExpiresAt: delegation.expiresAt))
    }

    /// The device's first session; nil until its owner has approved. Throws `DeviceError.unknownPairing`, also once the
    /// owner has revoked it, or `DatabaseError`.
    public func collect(deviceCode: String) async throws -> DeviceGrant? {
        let now = clock.now()
        let found = try await database.read {
            [tables, sessions, wallets] tx -> (Delegation, SessionRow, WalletAccount)? in
            guard let stored = try tables.pairing(deviceCode: deviceCode, at: now, in: tx) else {
                throw DeviceError.unknownPairing
            }
            guard case .approved(_, let approval) = stored.pairing.state else { return nil }
            guard let delegation = try tables.delegation(approval.delegation, in: tx),
                let session = try sessions.find(approval.session, in: tx), session.revokedAt == nil,
                session.wallet == delegation.wallet, let wallet = try wallets.account(of: delegation.wallet, in: tx)
            else { throw DeviceError.unknownPairing }
            return (delegation, session, wallet)
        }
        return found.map { grant(session: $1, of: $0, wallet: $2) }
    }

    func grant(session: SessionRow, of delegation: Delegation, wallet: WalletAccount) -> DeviceGrant {
        DeviceGrant(
            token: sessionTokens.token(for: session, of: wallet, permissions: delegation.scopes),
            wallet: wallet.address,
            device: delegation.address, scopes: delegation.scopes, expiresAt: session.expiresAt,
            delegationExpiresAt: delegation.expiresAt)
    }

    private static func permissions(_ texts: [String]) throws(DeviceError) -> [Permission] {
        guard let permissions = Permission.list(texts) else { throw .malformed }
        return permissions
    }
}
