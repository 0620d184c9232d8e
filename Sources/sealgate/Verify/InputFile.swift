import Glibc

/// A file that the user named, or standard input for `-`.
enum InputFile {
    /// Why it cannot be used.
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    static func read(_ path: String, upTo limit: Int) throws(Unreadable) -> [UInt8] {
        let descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable(description: "\(path) cannot be read.") }
        defer { if descriptor != 0 { close(descriptor) } }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable(description: "\(path) cannot be read.") }
            if count == 0 { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= limit else { throw Unreadable(description: "\(path) is longer than \(limit) bytes.") }
        }
    }
}
