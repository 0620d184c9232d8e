import Glibc
import Synchronization

/// Keeps a second gateway out of a data folder, from before the root is looked for: two first starts at once would each
/// make one. The lock is advisory (flock on the folder itself, so that nothing is left in it) and ends with the
/// process, however it ends.
final class FolderLock: Sendable {
    private let held: Mutex<CInt?>

    /// Takes the lock of the data folder.
    init(_ configuration: Configuration) throws(GatewayStartError) {
        let folder = configuration.dataDirectory
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw GatewayStartError("The folder \(folder) cannot be opened.") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw GatewayStartError(
                "\(folder)/\(Gateway.databaseName) is in use by another process. Stop that gateway, or set "
                    + "\(Setting.dataDirectory.name).")
        }
        held = Mutex(file)
    }

    /// Lets others in. Comes last.
    func release() {
        let file = held.withLock { $0.take() }
        if let file { close(file) }
    }

    deinit {
        release()
    }
}
