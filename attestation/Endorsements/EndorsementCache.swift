import Glibc

/// Endorsements kept in a folder, so that a start needs no network. Who can write there can make a file useless, but
/// never trusted: what is read is verified like an answer from the network.
struct EndorsementCache: Sendable {
    /// A machine needs one VCEK per firmware update; a verifier of a fleet one per machine. Beyond it new ones are not
    /// kept: the folder cannot fill a disk.
    static let maximumFiles = 4_096

    /// The folder; it must exist and should be readable by its owner only.
    let folder: String

    /// What is kept for a request; nil if nothing is, or nothing that can be read. A link is not followed, and a file
    /// above `EndorsementRequest.maximumAnswerBytes` not read.
    func content(for request: EndorsementRequest) -> [UInt8]? {
        let file = open(path(request), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        let limit = EndorsementRequest.maximumAnswerBytes
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else { return nil }
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                read(file, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            filled += count
        }
        return filled <= limit ? Array(bytes[..<filled]) : nil
    }

    /// Keeps an answer: whole or not at all, readable by the owner only. A full folder or disk is no fault of the
    /// caller's; it only costs the next start a fetch.
    func keep(_ bytes: [UInt8], for request: EndorsementRequest) {
        let path = path(request)
        guard bytes.count <= EndorsementRequest.maximumAnswerBytes, access(path, F_OK) == 0 || hasRoom else { return }
        let draft = path + ".new"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return }
        let isWritten = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count
        let isSynced = isWritten && fsync(file) == 0
        close(file)
        if !isSynced || rename(draft, path) != 0 { unlink(draft) }
    }

    /// Forgets what is kept for a request: it was found to be wrong.
    func remove(_ request: EndorsementRequest) {
        unlink(path(request))
    }

    private func path(_ request: EndorsementRequest) -> String { "\(folder)/\(request.fileName)" }

    private var hasRoom: Bool {
        guard let listing = opendir(folder) else { return false }
        defer { closedir(listing) }
        var count = 0
        while readdir(listing) != nil { count += 1 }
        return count - 2 < EndorsementCache.maximumFiles
    }
}
