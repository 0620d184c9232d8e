import Cryptography
import Glibc
import Primitives

/// The SHA-256 of the program that is running: what a rebuild of the published sources has to match.
public struct CodeHash: Hashable, Sendable {
    /// Why the hash could not be made.
    public struct Unreadable: Error, Hashable, Sendable {
        /// errno of the failing call.
        public let code: Int32

        /// There is no such file.
        static let absent = Unreadable(code: ENOENT)
    }

    /// Lower-case hex, 64 digits.
    public let hex: String

    /// A hash that was made elsewhere; nil unless it is 64 lower-case hex digits.
    public init?(hex: String) {
        guard let bytes = Hex.decode(hex), bytes.count == SHA256.digestBytes, Hex.encode(bytes) == hex else {
            return nil
        }
        self.hex = hex
    }

    /// Reads the running program's own file. Linux keeps `/proc/self/exe` pointing at the very file that was started,
    /// even if another one has since taken its path. Costs a read of the whole file (tens of milliseconds): once, at
    /// start.
    public static func ofRunningProgram() throws(Unreadable) -> CodeHash {
        try CodeHash(ofFile: "/proc/self/exe")
    }

    /// Hashes a file in pieces.
    public init(ofFile path: String) throws(Unreadable) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Unreadable(code: errno) }
        defer { close(file) }
        var digest = SHA256()
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = piece.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Unreadable(code: errno)
            }
            piece.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        hex = Hex.encode(digest.finish())
    }
}
