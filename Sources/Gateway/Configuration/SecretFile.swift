import Cryptography
import Glibc

/// Reads a file that holds a secret, straight into secret memory. What is judged is the opened file, not its name, so
/// nobody can put another one there in between.
enum SecretFile {
    /// Why a secret file was not taken.
    enum Problem: Error, Hashable {
        /// Nothing stands under the path.
        case missing
        /// A link, a folder, a pipe.
        case notRegular
        /// Another user's.
        case notOurs
        /// Others than its owner may read or write it, or it can be run.
        case openToOthers
        /// Not as long as the secret is.
        case wrongSize
        /// It could not be opened or read.
        case unreadable
        /// Secret memory is full.
        case noMemory
    }

    /// The file's `count` bytes. It must be a regular file of ours, mode 0600 or 0400.
    static func read(_ path: String, count: Int) throws(Problem) -> Secret {
        // Not blocking: opening a pipe would wait for its writer.
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            switch errno {
            case ENOENT: throw .missing
            case ELOOP: throw .notRegular
            default: throw .unreadable
            }
        }
        defer { close(file) }
        try check(file, count: count)
        var filled = 0
        let secret: Secret
        do throws(SecretError) {
            secret = try Secret(count: count) { bytes in
                while filled < count {
                    let got = Glibc.read(file, bytes.baseAddress?.advanced(by: filled), count - filled)
                    guard got > 0 else { return }
                    filled += got
                }
            }
        } catch {
            throw .noMemory
        }
        guard filled == count else { throw .unreadable }
        return secret
    }

    private static func check(_ file: CInt, count: Int) throws(Problem) {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unreadable }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_uid == geteuid() else { throw .notOurs }
        guard status.st_mode & 0o177 == 0 else { throw .openToOthers }
        guard status.st_size == count else { throw .wrongSize }
    }
}
