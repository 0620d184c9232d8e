internal import CSQLite

/// The length of the log, as SQLite reports it after each commit, and when to copy it into the file.
///
/// SQLite's own rule would copy inside COMMIT, while callers wait. Here the writer copies after it has answered them.
final class WriteAheadLog {
    /// What to do after a commit.
    enum Step: Hashable {
        /// Nothing.
        case none
        /// Copy what no reader still needs; never waits.
        case copy
        /// Wait for readers, copy everything and start the log anew.
        case restart
    }

    /// Pages in the log after the last commit.
    private(set) var pages = 0
    private var pagesAtLastCopy = 0
    private let limits: DatabaseLimits

    /// A log that is emptied by `limits`.
    init(limits: DatabaseLimits) {
        self.limits = limits
    }

    /// Hears of each commit of `connection`, which must not outlive the log.
    func watch(_ connection: OpaquePointer) {
        // This replaces SQLite's own hook, and with it the automatic copy.
        sqlite3_wal_hook(
            connection,
            { context, _, _, pages in
                if let context {
                    Unmanaged<WriteAheadLog>.fromOpaque(context).takeUnretainedValue().grew(to: Int(pages))
                }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Notes the length after a commit. A log that was started anew is shorter than before.
    func grew(to pages: Int) {
        if pages < self.pages { pagesAtLastCopy = 0 }
        self.pages = pages
    }

    /// What is due. A copy that a long reader held back is tried again only after as many pages more.
    var dueStep: Step {
        guard pages - pagesAtLastCopy >= limits.checkpointPages else { return .none }
        return pages >= limits.restartPages ? .restart : .copy
    }

    /// Notes that the step was tried.
    func tried() {
        pagesAtLastCopy = pages
    }
}
