public import Attestation

/// The settings about the root secret, understood.
public struct RootSettings: Sendable, Hashable {
    /// How the root secret is kept between starts.
    public enum Sealing: String, Sendable, Hashable, CaseIterable {
        /// As it is, in a file.
        case file
        /// Under a key that the SEV-SNP firmware derives.
        case snp
        /// Under a key that a TPM gives out for an approved boot chain.
        case tpm
    }

    /// Where the TPM is, and what it goes by.
    public struct TPM: Sendable, Hashable {
        /// TCTI of the software stack.
        public let transport: String
        /// Registers of the SHA-256 bank, as written.
        public let registers: [String]
        /// PEM file of the key that approves registers.
        public let authority: String?
        /// Folder of what it has approved.
        public let policies: String?
    }

    /// How the root secret is kept.
    public let sealing: Sealing
    /// What the launch measurement covers, as the operator says.
    public let scope: MeasurementScope
    /// The TPM, for `tpm`.
    public let tpm: TPM
    /// File or folder of the custodians' public keys.
    public let recoveryKeys: String?
    /// How many shares give the root back.
    public let threshold: Int?

    init(_ reader: SettingReader) throws(ConfigurationError) {
        guard let sealing = Sealing(rawValue: reader.text(.rootSealing)) else {
            throw ConfigurationError(Setting.rootSealing.name, "write `file`, `snp` or `tpm`.")
        }
        guard let scope = MeasurementScope(rawValue: reader.text(.measurementCovers)) else {
            throw ConfigurationError(Setting.measurementCovers.name, "write `image` or `firmware`.")
        }
        self.sealing = sealing
        self.scope = scope
        tpm = TPM(
            transport: try reader.nonEmpty(.tpm), registers: reader.list(.tpmRegisters),
            authority: reader.optionalText(.tpmAuthority), policies: reader.optionalText(.tpmPolicies))
        recoveryKeys = reader.optionalText(.recoveryKeys)
        threshold = try reader.number(.recoveryThreshold, in: 1...RecoverySet.maximumShares)
    }

    /// Refuses what contradicts: one of the two was a slip.
    func check(hasSecret: Bool, device: AttestationSettings.Device) throws(ConfigurationError) {
        guard sealing != .file else { return }
        guard !hasSecret else {
            throw ConfigurationError(
                Setting.rootSecret.name,
                "must be empty: with \(Setting.rootSealing.name)=\(sealing.rawValue) the root is made inside.")
        }
        guard sealing == .snp else { return }
        guard device != .off, device != .configfsTSM else {
            throw ConfigurationError(
                Setting.sevDevice.name, "must be `auto` or `sev-guest`: nothing else derives the key that seals.")
        }
    }
}
