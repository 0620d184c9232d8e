/// What protects this instance, told as it is: `/health` and `/api/attestation` show it.
///
/// A posture is degraded as long as a single reason stands, and there is no way to set `isDegraded` by hand.
public struct SecurityPosture: Hashable, Sendable {
    /// What kind of instance this is.
    public enum Mode: String, Sendable, CaseIterable {
        /// For trying out: a faucet, no hardware behind the claims.
        case development
        /// For use: started only with its real key sources and evidence that AMD's roots vouch for.
        case production
    }

    /// The hardware behind the claims.
    public enum Platform: String, Sendable, CaseIterable {
        /// None.
        case none
        /// AMD SEV-SNP.
        case sevSNP = "sev-snp"
    }

    /// Where a key comes from.
    public enum KeySource: String, Sendable {
        /// Made in memory at this start; gone with the process.
        case bornAtStart = "born_at_start"
        /// A file in the data directory, readable by whoever reads the disk.
        case file
        /// Given by the operator at the start.
        case environment
        /// Sealed under a key that the SEV-SNP firmware derives for this image on this machine alone.
        case snpSealed = "snp_sealed"
        /// Sealed under a key that a TPM gives out for a boot chain that an authority approved.
        case tpmPCR = "tpm_pcr"
        /// Derived from the root secret.
        case derivedFromRoot = "derived_from_root"
        /// Derived from the wallet's signature over the vault text.
        case walletSignature = "wallet_signature"
        /// A TLS key from a file: others may hold it.
        case tlsFile = "tls_file"
        /// Not in use.
        case none
    }

    /// Why an instance is less safe than its design.
    public enum Degradation: String, Sendable, CaseIterable {
        /// The process runs in development mode.
        case developmentMode = "development_mode"
        /// No confidential-computing hardware stands behind the process: host and operator can read its memory.
        case noHardwareAttestation = "no_hardware_attestation"
        /// The hardware is there, and its last report could not be had.
        case attestationFailing = "attestation_failing"
        /// The guest's message key is wiped: no report until the virtual machine is started anew.
        case attestationKeyWiped = "attestation_key_wiped"
        /// The device answers, but AMD's roots do not vouch for what it says.
        case evidenceNotAuthentic = "evidence_not_authentic"
        /// The chip is an EPYC Milan, whose secret can be extracted by software.
        case milanHardware = "milan_hardware"
        /// The root secret lies in a file or came from the operator; it is not sealed to hardware.
        case rootSecretNotSealed = "root_secret_not_sealed"
        /// Nobody has shown yet that the recovery shares give the root secret back.
        case recoveryNotRehearsed = "recovery_not_rehearsed"
        /// One custodian alone can bring the root secret back, and so have it.
        case recoveryByOneCustodian = "recovery_by_one_custodian"
        /// The sealed shares that belong to the root are not in the data folder.
        case recoveryDocumentMissing = "recovery_document_missing"
        /// Clients reach this port without TLS.
        case plainHTTP = "plain_http"
        /// The TLS key came from a file, so others may hold it, and no evidence names it.
        case tlsKeyFromFile = "tls_key_from_file"
        /// Core dumps could not be switched off.
        case coreDumpsPossible = "core_dumps_possible"

        /// One sentence for a person.
        public var explanation: String {
            switch self {
            case .developmentMode: "Development mode: test money from a faucet, no protection is claimed."
            case .noHardwareAttestation:
                "No attestation hardware: whoever runs this machine can read keys out of its memory."
            case .attestationFailing:
                "The attestation device failed at its last report: evidence with a fresh nonce cannot be had."
            case .attestationKeyWiped:
                "The attestation device's message key is wiped: start the virtual machine anew to have evidence again."
            case .evidenceNotAuthentic:
                "AMD's roots do not vouch for this device's reports: it is simulated, or certificates are missing."
            case .milanHardware:
                "The chip is an EPYC Milan: its secret can be extracted by software, so its evidence proves little."
            case .rootSecretNotSealed:
                "The root secret is a file or the operator's: whoever reads it can open what it encrypts."
            case .recoveryNotRehearsed:
                "Recovery was never rehearsed: whether the shares give the root secret back after a loss is not known."
            case .recoveryByOneCustodian:
                "One share gives the root secret back: each custodian alone can have everything that it encrypts."
            case .recoveryDocumentMissing:
                "The recovery document is gone from the data folder, or of another root: put a custodian's copy back."
            case .plainHTTP: "Plain HTTP: whoever is on the path reads tokens, keys and messages."
            case .tlsKeyFromFile: "The TLS key is a file: others may hold it, and no evidence binds it."
            case .coreDumpsPossible: "Core dumps could not be forbidden: a crash may write keys to disk."
            }
        }
    }

    /// What kind of instance this is.
    public let mode: Mode
    /// The hardware behind the claims.
    public let platform: Platform
    /// Each key by name, with its source.
    public let keySources: [String: KeySource]
    /// Every reason, in a fixed order.
    public let degradations: [Degradation]

    /// A posture. Reasons that follow from the other members are added here, so that none can be forgotten.
    public init(
        mode: Mode, platform: Platform, keySources: [String: KeySource], found: Set<Degradation>
    ) {
        var reasons = found
        if mode == .development { reasons.insert(.developmentMode) }
        if platform == .none { reasons.insert(.noHardwareAttestation) }
        if keySources.values.contains(where: { $0 == .file || $0 == .environment }) {
            reasons.insert(.rootSecretNotSealed)
        }
        self.mode = mode
        self.platform = platform
        self.keySources = keySources
        degradations = Degradation.allCases.filter(reasons.contains)
    }

    /// The name of the TLS key among `keySources`.
    public static let tlsKeyName = "tlsKey"

    /// Where the TLS key comes from: `bornAtStart` if it was made inside, `tlsFile`, or `none` for plain HTTP.
    public var tlsKeySource: KeySource { keySources[SecurityPosture.tlsKeyName] ?? .none }

    /// The same posture with further reasons.
    public func adding(_ found: Set<Degradation>) -> SecurityPosture {
        SecurityPosture(
            mode: mode, platform: platform, keySources: keySources, found: found.union(degradations))
    }

    /// Whether hardware that AMD's roots vouch for stands behind the claims.
    public var hasHardwareAttestation: Bool {
        platform != .none && !degradations.contains(.evidenceNotAuthentic)
    }

    /// Whether anything is less than it should be.
    public var isDegraded: Bool { !degradations.isEmpty }
}
