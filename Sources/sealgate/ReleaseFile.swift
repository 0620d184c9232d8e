import CLinux
import Cryptography
import Glibc

/// Reads and writes the small files of a release.
enum ReleaseFile {
    /// Why a file was not read or written.
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32

        var description: String { "\(path): \(String(cString: strerror(code)))" }
    }

    /// Keys and statements are far below.
    private static let maximumBytes = 1 << 20

    /// The whole file. It may be a key: no copy but the one returned stays behind.
    static func read(_ path: String) throws(Failure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Failure(path: path, code: linux_errno()) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: maximumBytes)
        defer { Wipe.bytes(&bytes) }
        var filled = 0
        while filled < maximumBytes {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: filled), maximumBytes - filled)
            }
            if count == 0 { return Array(bytes[..<filled]) }
            guard count > 0 else { throw Failure(path: path, code: linux_errno()) }
            filled += count
        }
        throw Failure(path: path, code: EFBIG)
    }

    /// Replaces the file.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Failure(path: path, code: linux_errno()) }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Failure(path: path, code: linux_errno()) }
            rest = rest.dropFirst(count)
        }
    }

    /// The folder of a path, with its last slash; empty for a bare name.
    static func folder(of path: String) -> Substring {
        path.lastIndex(of: "/").map { path[...$0] } ?? ""
    }
}
