/// What is to be done about the root secret, decided from what there is. A pure value; `RootKeeper` performs it.
///
/// One rule stands above all: where a database was begun, or may have been, no new root is ever made.
enum RootPlan: Hashable, Sendable {
    /// What a start, or a restore, finds.
    struct Situation: Hashable, Sendable {
        /// The sealed copy.
        enum Copy: Hashable, Sendable {
            case missing
            /// It stands there and is not one.
            case damaged
            /// It does not open; why, for the operator.
            case closed(String)
            case opens
            /// It stands there, and the settings do not ask for it to be opened.
            case present
        }

        var sealing: RootSettings.Sealing
        /// Whether the folder holds a database.
        var isBegun: Bool
        /// Whether an unsealed root stands in the folder, or in a setting.
        var hasPlainRoot: Bool
        var copy: Copy
        /// Whether the folder holds the recovery document.
        var hasDocument: Bool
        /// Whether custodians brought the root.
        var isRootOffered: Bool
    }

    /// Make a root, once.
    case begin
    /// Take the root that is there.
    case open
    /// Seal the root that custodians brought, if the database was begun under it.
    case seal
    /// Nothing is changed; custodians have to bring the root, or a backup.
    case recover(String)
    /// Nothing is changed; the operator has to decide.
    case refuse(String)

    /// The decision.
    static func make(_ found: Situation) -> RootPlan {
        switch found.sealing {
        case .file: unsealed(found)
        case .snp, .tpm: sealed(found)
        }
    }

    private static func unsealed(_ found: Situation) -> RootPlan {
        guard !found.isRootOffered else {
            return .refuse(
                "There is nothing to seal to: \(Setting.rootSealing.name) is `file`. Set it to `snp` or `tpm` first.")
        }
        guard found.copy == .missing, !found.hasDocument else {
            return .refuse(
                "The folder holds a sealed root (\(RootFiles.copyName), \(RootFiles.documentName)), and "
                    + "\(Setting.rootSealing.name) is `file`. Set it to `snp` or `tpm`, as it was.")
        }
        if found.hasPlainRoot { return .open }
        guard found.isBegun else { return .begin }
        return .recover(
            "\(RootSecretStore.fileName) is missing, but the folder holds a database that was begun under it. Restore "
                + "it from your backup (or set \(Setting.rootSecret.name)). Nothing was changed.")
    }

    private static func sealed(_ found: Situation) -> RootPlan {
        guard !found.hasPlainRoot else {
            return .refuse(
                "\(RootSecretStore.fileName) lies unsealed in the folder, and \(Setting.rootSealing.name) is "
                    + "`\(found.sealing.rawValue)`. A root that was once readable is not made safe by "
                    + "sealing it: begin in an empty folder, or go on with `file`.")
        }
        if found.isRootOffered {
            return found.isBegun
                ? .seal
                : .refuse(
                    "The folder holds no database that could confirm the root. Bring the database here first; it is "
                        + "what the root is for.")
        }
        switch found.copy {
        case .opens, .present: return .open
        case .missing: return missing(found)
        case .damaged: return .recover("\(RootFiles.copyName) is not a sealed root any more. \(howToRecover)")
        case .closed(let why):
            return .recover("\(RootFiles.copyName) does not open on this machine: \(why). \(howToRecover)")
        }
    }

    private static func missing(_ found: Situation) -> RootPlan {
        if found.isBegun {
            return .recover(
                "\(RootFiles.copyName) is missing, but the folder holds a database that was begun under a root. "
                    + howToRecover)
        }
        guard found.hasDocument else { return .begin }
        return .recover(
            "\(RootFiles.documentName) speaks of a root, but neither \(RootFiles.copyName) nor a database is here. If "
                + "this gateway was in use, bring both back. If its first start was interrupted, remove "
                + "\(RootFiles.documentName) and start again. Nothing was changed.")
    }

    private static let howToRecover =
        "No new root was made and nothing was changed. To go on: each custodian runs `sealgate recovery share`, and "
        + "enough of their lines go to `sealgate recovery restore` here."
}
