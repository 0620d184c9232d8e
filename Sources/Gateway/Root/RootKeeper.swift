import Attestation
import Cryptography
import Identity
import Primitives

/// Finds out what there is, asks `RootPlan`, and does what it says. Blocks on the device: at a start nothing else runs.
struct RootKeeper {
    private let configuration: Configuration
    let files: RootFiles

    init(_ configuration: Configuration) {
        self.configuration = configuration
        files = RootFiles(folder: configuration.dataDirectory)
    }

    /// The root of this gateway: the one that is there, or one that is made now.
    func open(random: some RandomSource) throws(GatewayStartError) -> OpenedRoot {
        switch configuration.root.sealing {
        case .file:
            let mayBegin: Bool
            switch RootPlan.make(situation(copy: files.hasCopy ? .present : .missing)) {
            case .recover(let message), .refuse(let message): throw complaint(message)
            case .begin: mayBegin = true
            case .open, .seal: mayBegin = false
            }
            let (root, source) = try RootSecretStore.load(
                hex: configuration.rootSecretHex, folder: files.folder, mayBegin: mayBegin, random: random)
            return OpenedRoot(root: root, source: source, found: [])
        case .snp, .tpm: return try openSealed(random: random)
        }
    }

    private func openSealed(random: some RandomSource) throws(GatewayStartError) -> OpenedRoot {
        let sealing = try self.sealing()
        let (copy, root, blob) = try look(with: sealing)
        switch RootPlan.make(situation(copy: copy)) {
        case .recover(let message), .refuse(let message): throw complaint(message)
        case .begin: return try begin(with: sealing, random: random)
        case .open, .seal:
            guard let root, let blob else { throw complaint("\(RootFiles.copyName) was not opened.") }
            return try opened(root, set: blob.recoverySet)
        }
    }

    /// The sealed copy, tried: what it is like, its root if it opens, and the copy itself.
    func look(
        with sealing: any RootSealer
    ) throws(GatewayStartError) -> (copy: RootPlan.Situation.Copy, root: Secret?, blob: SealedBlob?) {
        guard files.hasCopy else { return (.missing, nil, nil) }
        guard let blob = files.readCopy() else { return (.damaged, nil, nil) }
        do throws(SealingFault) {
            return (.opens, try sealing.open(blob), blob)
        } catch {
            guard case .notOpened = error else { throw refusal(error) }
            return (.closed(error.explanation), nil, blob)
        }
    }

    /// What there is, beside the copy.
    func situation(copy: RootPlan.Situation.Copy, isRootOffered: Bool = false) -> RootPlan.Situation {
        RootPlan.Situation(
            sealing: configuration.root.sealing,
            isBegun: DataFile.exists(files.folder + "/" + Gateway.databaseName),
            hasPlainRoot: configuration.rootSecretHex != nil
                || DataFile.exists(files.folder + "/" + RootSecretStore.fileName),
            copy: copy, hasDocument: DataFile.exists(files.document), isRootOffered: isRootOffered)
    }

    /// The hardware that seals.
    func sealing() throws(GatewayStartError) -> any RootSealer {
        configuration.root.sealing == .tpm ? try TPMSettings.sealing(configuration.root.tpm) : try derivedKey()
    }

    private func derivedKey() throws(GatewayStartError) -> SNPSealing {
        let settings = configuration.attestation
        do throws(DeviceFault) {
            // Only this one derives keys.
            let device = try DeviceSelection.forced(.sevGuest).device(
                sevGuestPath: settings.sevGuestPath, configFSPath: settings.configFSPath, vmpl: settings.vmpl)
            return SNPSealing(
                device: device, vmpl: settings.vmpl, scope: configuration.root.scope,
                allowsMilan: configuration.mode == .development)
        } catch {
            throw refusal(.device(error))
        }
    }

    /// Makes the root and its shares. The shares are written first: a root that nobody could bring back must never
    /// be in use. What was written is then read and opened, as the next start will.
    private func begin(with sealing: any RootSealer, random: some RandomSource) throws(GatewayStartError) -> OpenedRoot
    {
        let (custodians, threshold, name) = try ceremony()
        let document: RecoveryDocument
        let blob: SealedBlob
        do {
            let root = try Secret(randomCount: RootSecret.byteCount)
            document = try RecoveryDocument(of: root, for: custodians, threshold: threshold, gateway: name)
            blob = try sealing.seal(root, recoverySet: document.set, random: random)
        } catch let error as SealingFault {
            throw refusal(error)
        } catch let error as RecoveryFault {
            throw complaint("\(Setting.recoveryKeys.name): no shares could be made (\(error)).")
        } catch {
            throw RootSecretStore.noMemory
        }
        // Never over another's: of two first starts at once, one goes on.
        for (path, bytes) in [(files.document, document.json.bytes), (files.copy, blob.json.bytes)] {
            guard bytes.withUnsafeBytes({ DataFile.create(path, $0) }) else { throw unwritable(path) }
        }
        let (_, root, again) = try look(with: sealing)
        guard let root, let again, files.readDocument() == document, document.set.isRoot(root) else {
            throw complaint("\(RootFiles.copyName) does not open right after it was sealed. Nothing uses it yet.")
        }
        return try opened(root, set: again.recoverySet)
    }

    private func ceremony() throws(GatewayStartError) -> (keys: [X25519PublicKey], threshold: Int, name: String) {
        guard let path = configuration.root.recoveryKeys, let threshold = configuration.root.threshold else {
            throw GatewayStartError(
                "\(Setting.recoveryKeys.name) and \(Setting.recoveryThreshold.name) are needed for the first start of "
                    + "a sealed gateway: the sealed copy opens on this machine alone, and what lasts are the shares "
                    + "of custodians. Each runs `sealgate recovery keygen` on a machine of their own.")
        }
        guard let name = configuration.publicOrigin else {
            throw GatewayStartError(
                "\(Setting.publicOrigin.name) is needed for the first start of a sealed gateway: the shares name it.")
        }
        let keys = try RecoveryKeys.read(path)
        guard threshold <= keys.count else {
            throw GatewayStartError(
                "\(Setting.recoveryThreshold.name) is \(threshold), but \(path) holds \(keys.count) keys.")
        }
        return (keys, threshold, name)
    }

    /// Writes one file of the root.
    func write(_ bytes: [UInt8], to path: String, beforeNaming: () -> Void = {}) throws(GatewayStartError) {
        guard DataFile.replace(path, bytes, beforeNaming: beforeNaming) else { throw unwritable(path) }
    }

    private func unwritable(_ path: String) -> GatewayStartError {
        GatewayStartError("\(path) cannot be written. Give the gateway a folder of its own with free space.")
    }

    private func opened(_ secret: Secret, set: [UInt8]) throws(GatewayStartError) -> OpenedRoot {
        guard let root = RootSecret(secret) else { throw complaint("\(RootFiles.copyName) holds no root secret.") }
        do throws(SecretError) {
            let keys = try KeyTree(root: root)
            var found: Set<SecurityPosture.Degradation> = []
            if try files.readRehearsal()?.isGenuine(for: set, keys: keys) != true {
                found.insert(.recoveryNotRehearsed)
            }
            let document = files.readDocument()?.set
            if document?.threshold == 1 { found.insert(.recoveryByOneCustodian) }
            if document?.id != set || document?.isRoot(secret) != true { found.insert(.recoveryDocumentMissing) }
            return OpenedRoot(
                root: root, source: configuration.root.sealing == .tpm ? .tpmPCR : .snpSealed, found: found)
        } catch {
            throw RootSecretStore.noMemory
        }
    }

    /// A refusal of the device or of the rule: nothing that shares could mend.
    func refusal(_ fault: SealingFault) -> GatewayStartError {
        let advice =
            if case .refused(.providerFirmware) = fault {
                " If the measurement covers the whole image here, set \(Setting.measurementCovers.name)=image."
            } else {
                ""
            }
        return GatewayStartError(
            "\(Setting.rootSealing.name): the root secret cannot be sealed here: \(fault.explanation).\(advice) "
                + "Nothing was changed.")
    }

    func complaint(_ message: String) -> GatewayStartError {
        GatewayStartError("\(files.folder): \(message)")
    }
}
