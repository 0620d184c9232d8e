import CLinux
import Cryptography
import Glibc

/// Secrets that go to and come from files and terminals, without a copy in ordinary memory that stays.
enum KeyFile {
    /// Why a secret was not read.
    struct Unusable: Error, CustomStringConvertible {
        let description: String
    }

    /// A line is a share: far below.
    private static let longestLine = 256
    private static let maximumLines = 32

    /// Writes a new file with mode 0600. Never replaces one: it may be the only copy of a key.
    static func create(_ path: String, _ secret: Secret) throws(ReleaseFile.Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw ReleaseFile.Failure(path: path, code: linux_errno()) }
        defer { close(file) }
        let isWritten = secret.withBytes { write(file, $0.baseAddress, $0.count) == $0.count } && fsync(file) == 0
        guard isWritten else {
            let code = linux_errno()
            unlink(path)
            throw ReleaseFile.Failure(path: path, code: code)
        }
    }

    /// Prints a secret as a line on standard output.
    static func say(_ secret: Secret) throws(ReleaseFile.Failure) {
        let isWritten = secret.withBytes { write(1, $0.baseAddress, $0.count) == $0.count }
        guard isWritten, write(1, "\n", 1) == 1 else {
            throw ReleaseFile.Failure(path: "standard output", code: linux_errno())
        }
    }

    /// The lines that come in, each a secret, until the input ends; blank ones are passed over.
    static func lines(from descriptor: CInt) throws -> [Secret] {
        var bytes = [UInt8](repeating: 0, count: longestLine * maximumLines)
        defer { Wipe.bytes(&bytes) }
        var filled = 0
        while true {
            let count = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            guard count > 0 else { break }
            filled += count
            guard filled < bytes.count else { throw Unusable(description: "That are more lines than shares.") }
        }
        var lines: [Secret] = []
        try bytes.withUnsafeBytes { input in
            for line in input[..<filled].split(whereSeparator: { $0 == 10 || $0 == 13 }) {
                guard line.contains(where: { $0 != 0x20 && $0 != 9 }) else { continue }
                guard line.count <= longestLine else { throw Unusable(description: "A line is too long for a share.") }
                lines.append(try Secret(copying: line))
            }
        }
        return lines
    }
}
