import Attestation
import Cryptography
import Primitives

/// Keeps a root that was handed over, as the settings say: as a file, or sealed to this machine, and then it never
/// touches the disk unsealed.
struct ReceivedRoot {
    private let files: RootFiles
    private let keeper: RootKeeper
    /// Nil where the root is kept as a file.
    private let document: RecoveryDocument?

    /// Looks whether everything is there that keeping it will need.
    init(_ configuration: Configuration, _ order: RootHandover.Order) throws(RootHandover.Failure) {
        files = RootFiles(folder: order.folder)
        keeper = RootKeeper(configuration)
        switch (configuration.root.sealing, order.recovery) {
        case (.file, nil): document = nil
        case (.file, _?):
            throw RootHandover.Failure(
                description: "\(Setting.rootSealing.name) is `file`: there is no use for a recovery document.")
        case (.snp, nil), (.tpm, nil):
            throw RootHandover.Failure(
                description: "\(Setting.rootSealing.name) is not `file`: copy \(RootFiles.documentName) from the "
                    + "giver's data folder and name it by --recovery. It is public.")
        case (.snp, let path?), (.tpm, let path?):
            guard let bytes = DataFile.read(path, upTo: RecoveryDocument.maximumBytes),
                let read = try? RecoveryDocument(bytes)
            else { throw RootHandover.Failure(description: "\(path) is no recovery document.") }
            document = read
        }
    }

    /// Writes it, and returns the file that holds it. Nothing that stands there is replaced.
    func keep(_ root: Secret, random: some RandomSource) throws -> String {
        let folder = files.folder
        guard DataFile.makeFolder(folder) else {
            throw RootHandover.Failure(description: "The folder \(folder) cannot be made. Name one that can.")
        }
        if let complaint = Ownership.complaint(aboutFolder: folder) {
            throw RootHandover.Failure(description: complaint)
        }
        guard let document else {
            let path = folder + "/" + RootSecretStore.fileName
            guard root.withBytes({ DataFile.create(path, $0) }) else { throw unwritable(path) }
            return path
        }
        guard document.set.isRoot(root) else {
            throw RootHandover.Failure(description: "The recovery document is of another root than was handed over.")
        }
        let blob: SealedBlob
        let sealing = try keeper.sealing()
        do throws(SealingFault) {
            blob = try sealing.seal(root, recoverySet: document.set, random: random)
        } catch {
            throw keeper.refusal(error)
        }
        for (path, bytes) in [(files.document, document.json.bytes), (files.copy, blob.json.bytes)] {
            guard bytes.withUnsafeBytes({ DataFile.create(path, $0) }) else { throw unwritable(path) }
        }
        return files.copy
    }

    private func unwritable(_ path: String) -> RootHandover.Failure {
        RootHandover.Failure(description: "\(path) cannot be written.")
    }
}
