import Glibc

/// Small files that are read and written whole.
enum DataFile {
    /// The bytes of a regular file of at most `limit` bytes; nil if there is none, or it is larger or unreadable.
    static func read(_ path: String, upTo limit: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var filled = 0
        while filled <= limit {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: filled), limit + 1 - filled)
            }
            if count == 0 { return Array(bytes[..<filled]) }
            guard count > 0 else { return nil }
            filled += count
        }
        return nil
    }

    /// Whether anything stands under a path.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Makes a folder with mode 0700 unless it exists, its parents too. False if that fails.
    static func makeFolder(_ path: String) -> Bool {
        var prefix = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") where part != "." {
            prefix += "/" + part
            if mkdir(prefix, 0o700) != 0, errno != EEXIST { return false }
        }
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Writes a new file with mode 0600, makes it durable, and only then gives it its name. False if it exists already
    /// or anything fails; then nothing stands under `path` that was not there before.
    static func create(_ path: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
        let temporary = path + ".new"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        let isWritten = write(file, bytes.baseAddress, bytes.count) == bytes.count && fsync(file) == 0
        close(file)
        defer { unlink(temporary) }
        guard isWritten, link(temporary, path) == 0 else { return false }
        return syncFolder(of: path)
    }

    /// Replaces a file, or makes it, with mode 0600: the new one is durable before it takes the name, so that a death
    /// at any point leaves the old file or the new one, whole. False if anything fails; then the old one stands.
    /// - beforeNaming: called when the new file lies beside the old one; for tests.
    static func replace(_ path: String, _ bytes: [UInt8], beforeNaming: () -> Void = {}) -> Bool {
        let temporary = path + ".new"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        let isWritten = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        close(file)
        beforeNaming()
        guard isWritten, rename(temporary, path) == 0 else {
            unlink(temporary)
            return false
        }
        return syncFolder(of: path)
    }

    private static func syncFolder(of path: String) -> Bool {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}
