import Attestation

/// The files in the data folder that a sealed root consists of.
struct RootFiles: Sendable {
    /// The sealed copy: of use on this machine alone.
    static let copyName = "root.sealed"
    /// The set and the sealed shares: public, to be copied.
    static let documentName = "root.recovery.json"
    /// When recovery was last rehearsed.
    static let rehearsalName = "root.rehearsal.json"

    let folder: String

    var copy: String { folder + "/" + RootFiles.copyName }
    var document: String { folder + "/" + RootFiles.documentName }
    var rehearsal: String { folder + "/" + RootFiles.rehearsalName }

    /// Whether anything stands where the sealed copy belongs.
    var hasCopy: Bool { DataFile.exists(copy) }

    /// The sealed copy; nil if it is damaged. Ask whether it exists first.
    func readCopy() -> SealedBlob? {
        DataFile.read(copy, upTo: SealedBlob.maximumBytes).flatMap { SealedBlob($0) }
    }

    /// The recovery document; nil if there is none, or it is damaged.
    func readDocument() -> RecoveryDocument? {
        DataFile.read(document, upTo: RecoveryDocument.maximumBytes).flatMap { try? RecoveryDocument($0) }
    }

    /// The record of the last rehearsal; nil if there is none, or it is damaged.
    func readRehearsal() -> RehearsalRecord? {
        DataFile.read(rehearsal, upTo: RehearsalRecord.maximumBytes).flatMap { RehearsalRecord($0) }
    }
}
