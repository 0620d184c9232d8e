import CLinux
import Glibc

/// Whether what is written to a folder is still there after a restart, as far as can be told.
enum PersistentFolder {
    /// statfs(2): file systems that live in memory, or are thrown away with a container.
    private static let fleeting: Set<Int64> = [0x0102_1994, 0x8584_58F6, 0x794C_7630]

    /// What is wrong with the folder; nil if nothing is.
    static func complaint(about path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return "there is no such folder." }
        guard access(path, W_OK | X_OK) == 0 else { return "the gateway may not write there." }
        let system = linux_file_system(path)
        guard system >= 0 else { return "its file system cannot be asked." }
        guard !fleeting.contains(system) else {
            return "it lies on a file system that does not outlive a restart (tmpfs, ramfs or overlay)."
        }
        return nil
    }
}
