import Glibc
import Primitives

/// Which shared libraries a process runs, by what the kernel has mapped, with the SHA-256 of each file: the part of the
/// trusted code that the program's own hash does not cover.
///
/// It is told once, when asked: a library that is opened later (name service modules, OpenSSL's optional providers)
/// shows in a later telling only. And it is the process speaking about itself: a dishonest library can lie about this
/// too. The measurement of the whole image is what binds it.
public struct LoadedLibraries: Hashable, Sendable {
    /// One file, and what is known of its contents.
    public struct Library: Hashable, Sendable {
        /// Where the file was when it was mapped.
        public let path: String
        /// The file's digest, or why there is none.
        public let contents: Contents

        /// A library by path and contents.
        public init(path: String, contents: Contents) {
            self.path = path
            self.contents = contents
        }

        /// The last part of the path, as in `libssl.so.3`.
        public var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    }

    /// What is known of a library's contents.
    public enum Contents: Hashable, Sendable {
        /// SHA-256, lower-case hex.
        case sha256(String)
        /// Another file lies at the path now, as after an upgrade: what is running is not what can be read.
        case replaced
        /// The file cannot be read; errno.
        case unreadable(Int32)
    }

    /// By name; each file once.
    public let libraries: [Library]

    /// Libraries that are known already.
    public init(_ libraries: [Library]) {
        self.libraries = libraries.sorted { ($0.name, $0.path) < ($1.name, $1.path) }
    }

    /// What this process has mapped now. Reads every file once, some 15 MB in all: tens of milliseconds, so at the
    /// start and off the event loops. Throws `unreadable` if `/proc` is not there.
    public static func ofThisProcess() throws(CodeHash.Unreadable) -> LoadedLibraries {
        let maps = try SmallFile.read("/proc/self/maps", atMost: maximumMapBytes)
        let program = SmallFile.target(ofLink: "/proc/self/exe")
        let mapped = mappings(in: String(decoding: maps, as: UTF8.self)).filter { $0.path != program }
        return LoadedLibraries(mapped.map { Library(path: $0.path, contents: contents(of: $0)) })
    }

    /// A file that is mapped as code.
    struct Mapping: Hashable {
        let path: String
        let inode: UInt64
        let isDeleted: Bool
    }

    /// A gateway has some 500 mappings of 100 bytes.
    private static let maximumMapBytes = 8 << 20
    private static let deletedMark = " (deleted)"

    /// The files that are mapped for execution in the text of proc(5) `maps`, each once, in their order: `start-end
    /// permissions offset device inode path`.
    static func mappings(in text: String) -> [Mapping] {
        var found: [Mapping] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard words.count == 6, words[1].contains("x"), let inode = UInt64(words[4]), inode != 0 else { continue }
            let path = words[5].drop { $0 == " " }
            guard path.hasPrefix("/") else { continue }
            let isDeleted = path.hasSuffix(deletedMark)
            let mapping = Mapping(
                path: String(isDeleted ? path.dropLast(deletedMark.count) : path), inode: inode, isDeleted: isDeleted)
            if !found.contains(mapping) { found.append(mapping) }
        }
        return found
    }

    private static func contents(of mapping: Mapping) -> Contents {
        var status = stat()
        guard !mapping.isDeleted else { return .replaced }
        guard stat(mapping.path, &status) == 0 else { return .unreadable(errno) }
        guard UInt64(status.st_ino) == mapping.inode else { return .replaced }
        do throws(CodeHash.Unreadable) {
            return .sha256(try CodeHash(ofFile: mapping.path).hex)
        } catch {
            return .unreadable(error.code)
        }
    }
}
