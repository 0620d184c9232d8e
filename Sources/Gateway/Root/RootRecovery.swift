import Attestation
public import Cryptography
import Database
import Identity
public import Primitives

/// Brings a sealed gateway's root back from its custodians' shares, or tries whether that would succeed.
public enum RootRecovery {
    /// What came of it.
    public struct Outcome: Hashable, Sendable {
        /// How many shares were brought.
        public let shares: Int
        /// How many were needed.
        public let threshold: Int
        /// How many there are.
        public let count: Int
        /// Where the result was written.
        public let path: String
    }

    /// Forbids core dumps and locks the memory in which secrets lie. Called before the first share or key is read.
    public static func protectProcess() throws {
        _ = try ProcessHardening.apply(secretSlots: SecretArena.defaultSlots)
    }

    /// Seals the root that the shares give to this machine. It has to be the one that the set commits to, and the one
    /// under which the database in the data folder was begun; no gateway may be running on it.
    ///
    /// - Parameters:
    ///   - lines: share texts, as `sealgate recovery share` prints them.
    ///   - document: the recovery document's path; nil for the one in the data folder.
    /// - Throws: `GatewayStartError` with what is wrong; then nothing was changed.
    public static func restore(
        _ configuration: Configuration, lines: [Secret], document path: String?, clock: some WallClock,
        random: some RandomSource
    ) async throws -> Outcome {
        try await restore(
            configuration, lines: lines, document: path, clock: clock, random: random, beforeNaming: {})
    }

    /// - beforeNaming: called when the new copy lies beside the old one; for tests.
    static func restore(
        _ configuration: Configuration, lines: [Secret], document path: String?, clock: some WallClock,
        random: some RandomSource, beforeNaming: () -> Void
    ) async throws -> Outcome {
        let keeper = try prepare(configuration)
        let lock = try FolderLock(configuration)
        defer { lock.release() }
        // The copy is not tried: it will be replaced, whatever it is.
        let plan = RootPlan.make(
            keeper.situation(copy: keeper.files.hasCopy ? .present : .missing, isRootOffered: true))
        switch plan {
        case .seal: break
        case .recover(let message), .refuse(let message): throw keeper.complaint(message)
        case .begin, .open: throw keeper.complaint("There is nothing to restore.")
        }
        let document = try document(path, keeper)
        let secret = try reassemble(lines, document.set)
        let sealing = try keeper.sealing()
        let blob: SealedBlob
        do throws(SealingFault) {
            blob = try sealing.seal(secret, recoverySet: document.set, random: random)
        } catch {
            throw keeper.refusal(error)
        }
        guard let root = RootSecret(secret) else { throw RootSecretStore.noMemory }
        let database = try Gateway.openDatabase(configuration)
        do {
            try await Gateway.confirm(root, for: database, configuration, at: clock.now())
            try keeper.write(blob.json.bytes, to: keeper.files.copy, beforeNaming: beforeNaming)
            if keeper.files.readDocument() != document {
                try keeper.write(document.json.bytes, to: keeper.files.document)
            }
        } catch {
            await database.close()
            throw error
        }
        await database.close()
        return outcome(lines, document, keeper.files.copy)
    }

    /// Does what `restore` does up to the point where it would write: the shares have to give the very root that this
    /// machine has sealed. Changes nothing, except that it records the success for the posture. The gateway may run;
    /// it looks at the record when it starts.
    public static func rehearse(
        _ configuration: Configuration, lines: [Secret], document path: String?, clock: some WallClock
    ) throws -> Outcome {
        let keeper = try prepare(configuration)
        guard configuration.root.sealing != .file else {
            throw keeper.complaint("There is nothing to rehearse: \(Setting.rootSealing.name) is `file`.")
        }
        let document = try document(path, keeper)
        let secret = try reassemble(lines, document.set)
        let (copy, sealed, blob) = try keeper.look(with: try keeper.sealing())
        guard let sealed, let blob, copy == .opens else {
            throw keeper.complaint(
                "\(RootFiles.copyName) is not there or does not open, so this is no rehearsal: run `sealgate recovery "
                    + "restore` with the same lines.")
        }
        guard blob.recoverySet == document.set.id, sealed.isEqual(to: secret), let root = RootSecret(secret) else {
            throw keeper.complaint("The shares are of another root than the one that this machine has sealed.")
        }
        let record = try RehearsalRecord(of: document.set, at: clock.now(), keys: KeyTree(root: root))
        try keeper.write(record.json.bytes, to: keeper.files.rehearsal)
        return outcome(lines, document, keeper.files.rehearsal)
    }

    /// Writes the policy of the TPM's registers, 32 bytes, for the authority to sign: as they are now, or with given
    /// values (32 bytes each, for every register of the setting), as a release will have them.
    public static func writePolicy(
        _ configuration: Configuration, values: [Int: [UInt8]]?, to path: String
    ) throws {
        let registers = try TPMSettings.registers(configuration.root.tpm)
        let digest: [UInt8]
        if let values {
            guard let computed = registers.policyDigest(of: values) else {
                throw GatewayStartError(
                    "A value of 64 hex digits is needed for each of the registers \(registers.registers).")
            }
            digest = computed
        } else {
            do throws(SealingFault) {
                digest = try TPMSealing.policyNow(of: registers, transport: configuration.root.tpm.transport)
            } catch {
                throw GatewayStartError("\(Setting.tpm.name): \(error.explanation).")
            }
        }
        guard DataFile.replace(path, digest) else { throw GatewayStartError("\(path) cannot be written.") }
    }

    private static func prepare(_ configuration: Configuration) throws -> RootKeeper {
        let folder = configuration.dataDirectory
        if let complaint = Ownership.complaint(aboutFolder: folder) {
            throw GatewayStartError("\(Setting.dataDirectory.name): \(complaint)")
        }
        return RootKeeper(configuration)
    }

    private static func document(_ path: String?, _ keeper: RootKeeper) throws -> RecoveryDocument {
        let path = path ?? keeper.files.document
        guard let bytes = DataFile.read(path, upTo: RecoveryDocument.maximumBytes) else {
            throw GatewayStartError("\(path) cannot be read. Name a custodian's copy of it with --recovery.")
        }
        do throws(RecoveryFault) {
            return try RecoveryDocument(bytes)
        } catch {
            throw GatewayStartError("\(path) is not a recovery document any more. Name a copy of it with --recovery.")
        }
    }

    private static func reassemble(_ lines: [Secret], _ set: RecoverySet) throws -> Secret {
        do throws(RecoveryFault) {
            var shares: [RecoveryShare] = []
            for line in lines { shares.append(try RecoveryShare(text: line)) }
            return try set.reassemble(shares)
        } catch {
            throw GatewayStartError("\(complaint(about: error)) Nothing was changed.")
        }
    }

    /// A refusal of shares, for people at a ceremony.
    static func complaint(about fault: RecoveryFault) -> String {
        switch fault {
        case .tooFew(let have, let need): "\(need) shares are needed, and \(have) were brought."
        case .malformed, .badParameters: "A line is not a share: it begins with SGR1- and has 96 letters after that."
        case .checksum: "A share was copied wrongly: its checksum does not fit."
        case .duplicate(let index): "Share \(index) was brought twice."
        case .otherSet(let index): "Share \(index) is of another set than this gateway's."
        case .altered(let index): "Share \(index) is not the one that was made."
        case .wrongRoot: "The shares give another root than the one that was split."
        case .notOpened(let index): "Share \(index) does not open with this key."
        case .memory: "There is no room for the shares in locked memory."
        }
    }

    private static func outcome(_ lines: [Secret], _ document: RecoveryDocument, _ path: String) -> Outcome {
        Outcome(shares: lines.count, threshold: document.set.threshold, count: document.set.count, path: path)
    }
}
