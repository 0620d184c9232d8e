internal import CLinux
internal import Glibc
internal import Synchronization

/// The database's place on disk: made for the owner's eyes alone, and locked against a second process.
///
/// SQLite lets several processes write one file in turn. Ours must not: each would group-commit, cache and publish on
/// its own. The lock is advisory (flock on `<file>.lock`) and ends with the process, however it ends.
final class DatabaseFile: Sendable {
    /// The path of the database itself.
    let path: String
    private let lock: Mutex<CInt?>

    /// Locks `path` and makes the file if need be, readable and writable by its owner only. Throws `.busy` if another
    /// process (or this one) has it open already.
    init(path: String) throws(DatabaseError) {
        self.path = path
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .inputOutput(code: linux_errno()) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let reason = linux_errno()
            close(lock)
            throw reason == EWOULDBLOCK ? .busy : .inputOutput(code: reason)
        }
        // Before SQLite opens the file: closing a descriptor would drop the process's own locks on it. SQLite gives its
        // companions (-wal, -shm) the file's mode.
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0, fchmod(file, 0o600) == 0 else {
            let reason = linux_errno()
            if file >= 0 { close(file) }
            close(lock)
            throw .inputOutput(code: reason)
        }
        close(file)
        self.lock = Mutex(lock)
    }

    /// Lets others open the file. Comes last, when every connection is closed.
    func unlock() {
        let held = lock.withLock { $0.take() }
        if let held { close(held) }
    }

    deinit {
        unlock()
    }
}
