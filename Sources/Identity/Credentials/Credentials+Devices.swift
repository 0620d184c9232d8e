import Database
public import Primitives

extension Credentials {
    /// A device as its owner sees it.
    public struct ListedDevice: Hashable, Sendable {
        /// The approval.
        public let delegation: Delegation
        /// When a session of it was last used, to ten minutes; nil if not yet.
        public let lastUsedAt: Timestamp?
    }

    /// The wallet's devices, oldest first.
    public func devices(of owner: CredentialOwner) async throws -> [ListedDevice] {
        let now = clock.now()
        return try await database.read { [devices, sessions] tx in
            try devices.delegations(of: owner.wallet, at: now, in: tx).map {
                ListedDevice(delegation: $0, lastUsedAt: try sessions.lastUse(below: $0.id, in: tx))
            }
        }
    }

    /// Ends a device and every session of it. Throws `DeviceError.unknownDevice` or `DatabaseError`.
    public func revokeDevice(_ id: String, by owner: CredentialOwner) async throws {
        let now = clock.now()
        let revoked = try await database.write { [devices, sessions] tx -> [RevokedCredential] in
            // Whoever is beginning a session of it is done, or sees that it is gone.
            try tx.lock(owner.wallet)
            guard try devices.remove(id, of: owner.wallet, in: tx) else { throw DeviceError.unknownDevice }
            return try sessions.revokeAll(below: id, at: now, in: tx)
        }
        authenticator.refuse(revoked)
        ended(.some(revoked.map(\.id)))
    }
}
