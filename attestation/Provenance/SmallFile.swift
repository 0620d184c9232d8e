import Glibc

/// Whole files into memory, with a limit: what this module reads is short.
enum SmallFile {
    /// The bytes of a file. Throws `unreadable` with errno; EFBIG above the limit.
    static func read(_ path: String, atMost limit: Int) throws(CodeHash.Unreadable) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw CodeHash.Unreadable(code: errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = piece.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw CodeHash.Unreadable(code: errno)
            }
            guard bytes.count + count <= limit else { throw CodeHash.Unreadable(code: EFBIG) }
            bytes.append(contentsOf: piece[..<count])
        }
    }

    /// Where a symbolic link points; nil if it cannot be read.
    static func target(ofLink path: String) -> String? {
        var letters = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &letters, letters.count)
        guard count > 0 else { return nil }
        return String(decoding: letters[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
