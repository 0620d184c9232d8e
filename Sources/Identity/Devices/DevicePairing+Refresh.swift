import Database
public import Ethereum
public import Primitives

extension DevicePairing {
    /// What a paired device signs to get another session.
    public struct Challenge: Hashable, Sendable {
        /// Goes back with the signature.
        public let nonce: String
        /// The exact text.
        public let message: String
        /// The first moment at which it is refused.
        public let expiresAt: Timestamp
        /// The device.
        public let device: Address
    }

    /// A challenge for a device, known or not: nothing is looked up or stored. Throws `DeviceError.malformedAddress`.
    public func challenge(address: String) throws(DeviceError) -> Challenge {
        guard let address = Address(address) else { throw .malformedAddress }
        let (nonce, text) = authority.issue(.deviceRefresh, for: .address(address), at: clock.now(), random: random)
        return Challenge(
            nonce: text, message: message(nonce, text, for: address), expiresAt: nonce.expiresAt, device: address)
    }

    /// A session for a paired device that signed its challenge. A device that nobody paired takes the same way to the
    /// same refusal as one that signs wrongly. Throws `DeviceError` or `DatabaseError`.
    public func refresh(address: String, nonce text: String, signature: String) async throws -> DeviceGrant {
        let now = clock.now()
        guard let address = Address(address) else { throw DeviceError.malformedAddress }
        let nonce: ChallengeNonce
        do throws(ChallengeError) {
            nonce = try authority.verify(text, .deviceRefresh, by: .address(address), at: now)
        } catch {
            throw error == .malformed ? DeviceError.malformed : .challengeExpired
        }
        let message = message(nonce, text, for: address)
        let known = try await database.read { [tables] in
            try tables.delegations(device: address.lowercase, at: now, in: $0)
        }
        let isWallets = DeviceKey.wallet.isValid(signature, over: message, of: address)
        let good = known.first {
            $0.key == .wallet ? isWallets : $0.key.isValid(signature, over: message, of: address)
        }
        guard let good else { throw DeviceError.signatureInvalid }
        let id = Identifier.make(CredentialKind.device.rawValue, at: now, random: random)
        let (session, wallet) = try await database.write { [tables, sessions, wallets] tx in
            // Between the look and this it may have been revoked, and whoever does that holds the wallet's lock.
            try tx.lock(good.wallet)
            guard let delegation = try tables.delegation(good.id, in: tx), delegation == good,
                let wallet = try wallets.account(of: delegation.wallet, in: tx)
            else { throw DeviceError.signatureInvalid }
            do {
                try UsedNonces().use(nonce, in: tx)
            } catch is ChallengeError {
                throw DeviceError.challengeExpired
            }
            return (
                try sessions.begin(
                    id: id, of: delegation.wallet, at: now, until: delegation.expiresAt, parent: delegation.id,
                    in: tx), wallet
            )
        }
        return grant(session: session, of: good, wallet: wallet)
    }

    private func message(_ nonce: ChallengeNonce, _ text: String, for device: Address) -> String {
        [
            "Sealgate asks a paired device to prove itself at \(origin)", "", "Device: \(device.checksummed)",
            "Nonce: \(text)", "Issued: \(nonce.issuedAt.iso8601)", "Expires: \(nonce.expiresAt.iso8601)",
        ].joined(separator: "\n")
    }
}
