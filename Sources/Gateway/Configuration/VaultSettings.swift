/// The settings about the vault, understood.
public struct VaultSettings: Sendable, Hashable {
    /// The chain that typed data name.
    public let chainID: Int64
    /// Whether secrets may be stored without a signature.
    public let allowsUnsigned: Bool
    /// Folder for ciphertexts; nil to keep them in the database.
    public let folder: String?

    /// Base.
    static let defaultChainID: Int64 = 8_453
    /// What counts where nothing is set.
    static let none = VaultSettings(chainID: defaultChainID, allowsUnsigned: false, folder: nil)

    private init(chainID: Int64, allowsUnsigned: Bool, folder: String?) {
        self.chainID = chainID
        self.allowsUnsigned = allowsUnsigned
        self.folder = folder
    }

    /// `isShared` says that other gateways may use the same database: a folder belongs to one of them alone, so the
    /// others would not find the ciphertexts.
    init(_ reader: SettingReader, isShared: Bool) throws(ConfigurationError) {
        chainID =
            try reader.number(.vaultChain, in: 1...Int(Int32.max)).map { Int64($0) } ?? VaultSettings.defaultChainID
        switch reader.text(.vaultUnsigned) {
        case "on": allowsUnsigned = true
        case "off": allowsUnsigned = false
        default: throw ConfigurationError(Setting.vaultUnsigned.name, "write `on` or `off`.")
        }
        folder = reader.optionalText(.vaultFolder)
        guard folder == nil || !isShared else {
            throw ConfigurationError(
                Setting.vaultFolder.name,
                "leave it out beside \(Setting.database.name): other gateways on it could not read the folder. "
                    + "The ciphertexts lie in the database then.")
        }
    }
}
