import Cryptography
import Database
import Ethereum
import Primitives

extension Authenticator {
    /// Whether a credential claims to be an API key.
    public static func isAPIKey(_ token: String) -> Bool {
        APIKeyText.isAPIKey(token)
    }

    /// The principal of an API key. It is remembered for a minute, so that a change of its row shows soon; a revocation
    /// shows at once. An unknown key takes the same steps as a known one up to the same refusal.
    func verifyAPIKey(
        _ token: String, _ digest: TokenDigest, at now: Timestamp
    ) async throws(AuthenticationError) -> Principal {
        guard let text = APIKeyText(parsing: token) else { throw .malformed }
        guard apiKeys.secrets.recognise(token) != nil else { throw .signatureInvalid }
        let found = try await looking { [apiKeys, wallets] tx -> (stored: APIKeys.Stored, address: Address?)? in
            guard let stored = try apiKeys.find(text.prefix, in: tx) else { return nil }
            return (stored, try wallets.address(of: stored.facts.wallet, in: tx))
        }
        let facts = found?.stored.facts ?? APIKeyFacts.none
        let isValid = apiKeys.secrets.isValid(found?.stored.code ?? [], for: text, facts)
        // The key is one that we made, and so was its row: somebody has altered that.
        if found != nil, !isValid { apiKeys.alarm(.apiKeyMismatch) }
        guard isValid, let found, let address = found.address else { throw .revoked }
        guard now < found.stored.endsAt, now < facts.expiresAt else { throw .expired }
        return try remember(
            facts.principal(text.prefix, address), for: digest,
            until: min(found.stored.endsAt, now.adding(seconds: APIKeys.rememberedSeconds)), at: now)
    }

    /// Removes the key that the principal came with.
    func end(apiKey principal: Principal, at now: Timestamp) async throws -> Revocation {
        let prefix = String(principal.sessionID.dropFirst(APIKeyText.mark.count))
        let revoked = try await database.write { [apiKeys] tx -> [RevokedCredential] in
            guard let stored = try apiKeys.find(prefix, in: tx), stored.facts.wallet == principal.walletID else {
                return []
            }
            let prefixes = try apiKeys.remove(stored.facts.id, of: principal.walletID, in: tx) ?? []
            return try Sessions().revoke(keys: prefixes, of: principal.walletID, at: now, in: tx)
        }
        refuse(revoked)
        return .one
    }
}
