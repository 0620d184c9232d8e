import Primitives
import Vault

/// Opens the place where the vault's ciphertexts lie.
enum VaultFolder {
    /// The store that the settings ask for. In production the folder has to be there, writable, and on a file system
    /// that lasts; in development it is made. Throws `GatewayStartError` with what to do.
    static func open(
        _ settings: VaultSettings, isProduction: Bool, random: some RandomSource
    ) throws -> any VaultStore {
        guard let path = settings.folder else { return RowVaultStore() }
        let name = Setting.vaultFolder.name
        if isProduction {
            if let complaint = PersistentFolder.complaint(about: path) {
                throw GatewayStartError("\(name): \(path): \(complaint)")
            }
        } else {
            guard DataFile.makeFolder(path) else { throw GatewayStartError("\(name): \(path) cannot be made.") }
        }
        if let complaint = Ownership.complaint(aboutFolder: path) { throw GatewayStartError("\(name): \(complaint)") }
        do {
            return try FolderVaultStore(path: path, random: random)
        } catch {
            throw GatewayStartError("\(name): \(path) cannot be written, or another gateway uses it.")
        }
    }

    /// Puts ciphertexts aside that nothing refers to, and refuses a start without those that something does, or with a
    /// folder that belongs to another database.
    static func recover(_ vault: WalletVault) async throws {
        let missing: Int
        do {
            missing = try await vault.recover()
        } catch VaultStoreError.unknownFiles {
            throw GatewayStartError(
                "\(Setting.vaultFolder.name): the folder holds ciphertexts, but the database refers to none. "
                    + "Restore the database that belongs to this folder; for a new vault, name an empty folder.")
        } catch is VaultStoreError {
            throw GatewayStartError(
                "The database refers to ciphertexts in a folder: set \(Setting.vaultFolder.name) to it.")
        }
        guard missing == 0 else {
            throw GatewayStartError(
                "\(Setting.vaultFolder.name): \(missing) ciphertexts that the database refers to are not there. "
                    + "Restore the folder that belongs to this database.")
        }
    }
}
