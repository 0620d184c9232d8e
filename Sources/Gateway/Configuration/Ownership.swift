import Glibc

/// Who else than this process may reach what secrets lie in.
enum Ownership {
    /// What is wrong with the data folder, with what to do; nil if nothing. It must be ours, and nobody else may put
    /// files there: whoever can, can put another database or root secret in its place.
    static func complaint(aboutFolder path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return "\(path) is no folder." }
        guard status.st_uid == geteuid() else {
            return "the folder \(path) belongs to another user. Run `chown \(geteuid())` on it or name another."
        }
        guard status.st_mode & 0o022 == 0 else {
            return "others can write to the folder \(path). Run `chmod 700` on it."
        }
        return nil
    }

    /// What is wrong with a private key's file, with what to do; nil if nothing. Ours: nobody else may touch it.
    /// Root's: a group may read it, as distributions arrange it for TLS keys.
    static func complaint(aboutKey path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return "\(path) cannot be read as a file."
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            return "\(path) belongs to another user. Run `chown \(geteuid())` on it."
        }
        let forbidden: mode_t = status.st_uid == geteuid() ? 0o077 : 0o027
        guard status.st_mode & forbidden == 0 else {
            return "\(path) can be read or written by others. Run `chmod 600` on it."
        }
        return nil
    }
}
