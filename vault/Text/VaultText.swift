public import Ethereum

/// The text whose signature opens a wallet's vault. It is the same on every call, because the same signature has to
/// come back: no nonce, no time. It names the gateway's public origin, the only guard against signing it elsewhere.
///
/// A text is final once keys were stored under it: another text is another key. Hence the version, which is stored
/// beside each envelope. `vault/README.md` gives the bytes.
public struct VaultText: Hashable, Sendable {
    /// The version written here, and the only one.
    public static let version: Int64 = 1

    /// The public origin, `https://gateway.example`.
    public let origin: String
    /// The wallet that signs.
    public let wallet: Address
    /// What is unlocked.
    public let purpose: VaultPurpose
    /// The generation of the key.
    public let epoch: VaultEpoch

    /// A text from its fields.
    public init(origin: String, wallet: Address, purpose: VaultPurpose = .providers, epoch: VaultEpoch = .first) {
        self.origin = origin
        self.wallet = wallet
        self.purpose = purpose
        self.epoch = epoch
    }

    /// The exact text: lines end with LF, the last with nothing.
    public var text: String {
        """
        Unlock your \(subject) on Sealgate at \(origin)

        Wallet: \(wallet.lowercase)
        Purpose: \(purpose.tag)
        Version: \(VaultText.version)
        Epoch: \(epoch.number)

        Signing this text only unlocks the \(purpose.belongings) that you saved there, for this session. \
        It sends no transaction and moves no funds. Whoever has the signature can open those \
        \(purpose == .providers ? "keys" : "secrets"): never sign this text for another site.
        """
    }

    private var subject: String {
        purpose == .providers ? "provider vault" : purpose.belongings
    }
}
