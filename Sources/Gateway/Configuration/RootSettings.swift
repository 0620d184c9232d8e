public import Attestation

/// The settings about the root secret, understood.
public struct RootSettings: Sendable, Hashable {
    /// How the root secret is kept between starts.
    public enum Sealing: String, Sendable, Hashable, CaseIterable {
        /// As it is, in a file.
        case file
        /// Under a key that the SEV-SNP firmware derives.
        case snp
    }

    /// How the root secret is kept.
    public let sealing: Sealing
    /// What the launch measurement covers, as the operator says.
    public let scope: MeasurementScope
    /// File or folder of the custodians' public keys.
    public let recoveryKeys: String?
    /// How many shares give the root back.
    public let threshold: Int?

    init(_ reader: SettingReader) throws(ConfigurationError) {
        guard let sealing = Sealing(rawValue: reader.text(.rootSealing)) else {
            throw ConfigurationError(Setting.rootSealing.name, "write `file` or `snp`.")
        }
        guard let scope = MeasurementScope(rawValue: reader.text(.measurementCovers)) else {
            throw ConfigurationError(Setting.measurementCovers.name, "write `image` or `firmware`.")
        }
        self.sealing = sealing
        self.scope = scope
        recoveryKeys = reader.optionalText(.recoveryKeys)
        threshold = try reader.number(.recoveryThreshold, in: 1...RecoverySet.maximumShares)
    }

    /// Refuses what contradicts: one of the two was a slip.
    func check(hasSecret: Bool, device: AttestationSettings.Device) throws(ConfigurationError) {
        guard sealing == .snp else { return }
        guard !hasSecret else {
            throw ConfigurationError(
                Setting.rootSecret.name, "must be empty: with \(Setting.rootSealing.name)=snp the root is made inside.")
        }
        guard device != .off, device != .configfsTSM else {
            throw ConfigurationError(
                Setting.sevDevice.name, "must be `auto` or `sev-guest`: nothing else derives the key that seals.")
        }
    }
}
