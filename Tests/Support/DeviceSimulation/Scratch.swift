import Glibc

/// A folder of its own for one test, gone with it.
public final class Scratch: Sendable {
    /// The system would not.
    public struct Refused: Error {
        /// The file.
        public let path: String
    }

    /// The folder.
    public let path: String

    /// Makes the folder.
    public init() throws {
        var template = Array("/tmp/sealgate-device-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Refused(path: "/tmp") }
        path = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    /// The path of a file in it.
    public func file(_ name: String) -> String { path + "/" + name }

    /// Writes a file and returns its path.
    @discardableResult
    public func write(_ name: String, _ bytes: [UInt8] = []) throws -> String {
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Refused(path: file(name)) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw Refused(path: file(name)) }
        return file(name)
    }

    /// Makes a folder and returns its path.
    public func folder(_ name: String) throws -> String {
        guard mkdir(file(name), 0o700) == 0 else { throw Refused(path: file(name)) }
        return file(name)
    }

    /// The whole content of the file at `path`.
    public static func read(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Refused(path: path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count <= 0 { return bytes }
            bytes += piece[..<count]
        }
    }

    deinit {
        _ = try? Command.run("/bin/rm", ["-rf", path])
    }
}
