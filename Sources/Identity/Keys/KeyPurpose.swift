/// What a key under the root is for. The raw value is the info string of its derivation: it never changes, and no two
/// are equal, so no key ever serves two purposes.
public enum KeyPurpose: String, CaseIterable, Sendable {
    /// Authenticates the nonces of challenges.
    case challengeMAC = "sealgate/key/challenge-mac/v1"
    /// Turns an address into the index under which its wallet is found.
    case walletIndex = "sealgate/key/wallet-index/v1"
    /// Seals the address in the wallet's row.
    case walletAddress = "sealgate/key/wallet-address/v1"
    /// Holds a wallet's number and its index together.
    case walletBinding = "sealgate/key/wallet-binding/v1"
    /// Turns an address into the vault index that envelopes are bound to.
    case vaultIndex = "sealgate/key/vault-index/v1"
    /// Authenticates the end of each wallet's vault log.
    case vaultAudit = "sealgate/key/vault-audit/v1"
    /// The root of the keys under which secrets lie that were stored without a signature.
    case vaultUnsigned = "sealgate/key/vault-unsigned/v1"
    /// Seals the settings in a wallet's row.
    case walletSettings = "sealgate/key/wallet-settings/v1"
    /// Gives the nonces of those seals.
    case walletSettingsNonces = "sealgate/key/wallet-settings-nonces/v1"
    /// The root of the keys under which conversations are stored.
    case conversations = "sealgate/key/conversations/v1"
    /// Authenticates the value by which a database knows its root.
    case rootCheck = "sealgate/key/root-check/v1"
    /// Authenticates the public keys of nodes that share a database.
    case nodeKeys = "sealgate/key/node-keys/v1"
    /// Authenticates the record of a rehearsed recovery.
    case recoveryRehearsal = "sealgate/key/recovery-rehearsal/v1"
    /// Authenticates API keys and what they are good for.
    case apiKeys = "sealgate/key/api-keys/v1"
    /// Seals what owners call their API keys.
    case apiKeyNames = "sealgate/key/api-key-names/v1"
    /// Turns codes and addresses of devices into the indices under which they stand.
    case deviceIndex = "sealgate/key/device-index/v1"
    /// Seals pairings and delegations of devices.
    case deviceRecords = "sealgate/key/device-records/v1"
    /// Gives the nonces of those seals.
    case deviceRecordNonces = "sealgate/key/device-record-nonces/v1"
    /// Turns names of repositories into the indices under which they stand.
    case repositoryIndex = "sealgate/key/repository-index/v1"
    /// Seals registrations of repositories.
    case repositoryRecords = "sealgate/key/repository-records/v1"
    /// Gives the nonces of those seals.
    case repositoryRecordNonces = "sealgate/key/repository-record-nonces/v1"
}
