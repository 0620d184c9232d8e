import Cryptography
import Ethereum
import HTTPServer
import HTTPTypes
import Vault

/// What a client is told when the vault refuses. Never a 401: the caller's token is good, and clients answer a 401 by
/// logging in again.
enum VaultRefusal {
    private static let busy = APIError.Kind(
        503, "secret_memory_full", "Too many secrets are in use at this moment. Try again in a second.")

    private static let blocked = APIError.Kind(
        503, ReleaseBlocked.code,
        "This gateway cannot show at present that it is trustworthy, so it opens nothing. /health says why."
    )

    static let kinds: [APIError.Kind] = VaultError.allCases.map(kind) + [busy, blocked]

    static func translating<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as VaultError {
            throw APIError(kind(of: error))
        } catch let error as ReleaseBlocked {
            throw APIError(blocked, retryAfterSeconds: 30, reason: error.decision.reading.reasonCode)
        } catch SecretError.exhausted {
            throw APIError(busy, retryAfterSeconds: 1)
        }
    }

    /// A secret member of the body, copied into secret memory; nil if it was left out. To be called inside
    /// `translating`: secret memory may be full.
    static func secret(_ name: String, of call: Call) throws -> Secret? {
        try call.withSecret(name) { try Secret(copying: $0) }
    }

    static func vaultCaller(_ call: Call) throws -> VaultCaller {
        let caller = try call.caller()
        guard let address = Address(caller.address) else { throw APIError(.internalError, reason: "caller_address") }
        return VaultCaller(
            wallet: caller.walletID, address: address, grant: caller.sessionID, grantExpiresAt: caller.expiresAt)
    }

    private static func kind(of error: VaultError) -> APIError.Kind {
        switch error {
        case .signatureRequired:
            named(400, error, "Sign the text of /wallet/provider-vault/derive-challenge and send the signature along.")
        case .nonceRequired: named(400, error, "Send the nonce of /wallet/provider-vault/derive-challenge along.")
        case .nonceRejected: named(400, error, "This nonce is unknown, too old, or used. Ask for a new one.")
        case .signatureInvalid: named(400, error, "This is no valid signature: 65 bytes r, s, v in hex, low s.")
        case .addressMismatch: named(400, error, "The signature is not this wallet's over the vault's exact text.")
        case .signerNotDeterministic:
            named(
                409, error,
                "This wallet signs the same text differently each time, so what it stored cannot be opened. Delete the "
                    + "stored keys, and use a wallet with deterministic signatures (RFC 6979).")
        case .plainTextNeeded:
            named(409, error, "What is stored was sealed under the plain text: sign message with personal_sign.")
        case .typedDataNeeded:
            named(409, error, "What is stored was sealed under the typed data: sign typedData, eth_signTypedData_v4.")
        case .secretInvalid:
            named(
                400, error,
                "A secret has 1 to 512 bytes without NUL; its name 1 to 64 of A-Z a-z 0-9 . _ -, and so its server.")
        case .tooManySecrets:
            named(
                409, error,
                "At most \(WalletVault.maximumScopes) servers and agents each, and "
                    + "\(WalletVault.maximumKeysPerScope) secrets of one. Delete some first.")
        case .vaultChanged: named(409, error, "Other requests changed this vault at the same time. Send it again.")
        case .auditBroken:
            named(
                503, error,
                "The log of this vault was altered, so nothing is done that it would have to hold. Ask the operator.")
        case .storageFailed:
            named(503, error, "The ciphertext could not be written or read at present. Nothing was changed; try later.")
        case .keyInvalid: named(400, error, "A provider key has 1 to 512 visible ASCII characters.")
        case .providerUnknown: named(400, error, "Keys of this provider cannot be stored here.")
        }
    }

    private static func named(_ status: HTTPStatus, _ error: VaultError, _ help: String) -> APIError.Kind {
        APIError.Kind(status, error.code, help)
    }
}
