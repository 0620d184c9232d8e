/// The messages of the FUSE kernel protocol (linux/fuse.h, version 7.31), as far as two small filesystems need them.
enum FUSEMessage {
    static let version: UInt32 = 7
    static let minorVersion: UInt32 = 31
    /// The kernel refuses readers with less room than this.
    static let bufferBytes = 132 << 10

    enum Operation: UInt32 {
        case lookup = 1
        case forget = 2
        case getAttributes = 3
        case setAttributes = 4
        case mkdir = 9
        case rmdir = 11
        case open = 14
        case read = 15
        case write = 16
        case statfs = 17
        case release = 18
        case flush = 25
        case initialise = 26
        case openDirectory = 27
        case readDirectory = 28
        case releaseDirectory = 29
        case access = 34
        case interrupt = 36
        case destroy = 38
        case ioctl = 39
        case batchForget = 42
    }

    /// fuse_in_header and what follows it.
    struct Request {
        static let headerBytes = 40

        /// Nil for an operation that is not in the list above.
        let operation: Operation?
        let unique: UInt64
        let node: UInt64
        let process: Int32
        let body: [UInt8]

        init?(_ bytes: [UInt8]) {
            guard bytes.count >= Request.headerBytes else { return nil }
            operation = Operation(rawValue: Little.number(UInt32.self, in: bytes, at: 4))
            unique = Little.number(UInt64.self, in: bytes, at: 8)
            node = Little.number(UInt64.self, in: bytes, at: 16)
            process = Int32(bitPattern: Little.number(UInt32.self, in: bytes, at: 32))
            body = Array(bytes[Request.headerBytes...])
        }

        func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
            Little.number(type, in: body, at: offset)
        }

        /// A name that ends in a zero byte.
        func name(at offset: Int) -> String {
            String(decoding: body.dropFirst(offset).prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    enum Reply {
        case data([UInt8])
        case error(Int32)
        /// Some messages want none.
        case none

        static let done = Reply.data([])

        /// fuse_out_header and the data; nil when nothing is sent.
        func bytes(to unique: UInt64) -> [UInt8]? {
            switch self {
            case .none: nil
            case .error(let code): Little.bytes(UInt32(16)) + Little.bytes(-code) + Little.bytes(unique)
            case .data(let data):
                Little.bytes(UInt32(16 + data.count)) + Little.bytes(Int32(0)) + Little.bytes(unique) + data
            }
        }
    }

    /// fuse_init_out. No optional feature is asked for.
    static func initialised() -> [UInt8] {
        Little.bytes(version) + Little.bytes(minorVersion) + Little.bytes(UInt32(0)) + Little.bytes(UInt32(0))
            + Little.bytes(UInt16(16)) + Little.bytes(UInt16(12)) + Little.bytes(UInt32(64 << 10))
            + Little.bytes(UInt32(1)) + [UInt8](repeating: 0, count: 36)
    }

    /// fuse_attr: owner root, times zero.
    private static func attributes(node: UInt64, mode: UInt32, size: UInt64) -> [UInt8] {
        Little.bytes(node) + Little.bytes(size) + [UInt8](repeating: 0, count: 8 + 24 + 12) + Little.bytes(mode)
            + Little.bytes(UInt32(mode & 0o170000 == 0o040000 ? 2 : 1)) + [UInt8](repeating: 0, count: 12)
            + Little.bytes(UInt32(4096)) + Little.bytes(UInt32(0))
    }

    /// fuse_attr_out, valid for no time.
    static func attributesAnswer(node: UInt64, mode: UInt32, size: UInt64 = 0) -> [UInt8] {
        [UInt8](repeating: 0, count: 16) + attributes(node: node, mode: mode, size: size)
    }

    /// fuse_entry_out, valid for no time.
    static func entry(node: UInt64, mode: UInt32, size: UInt64 = 0) -> [UInt8] {
        Little.bytes(node) + [UInt8](repeating: 0, count: 32) + attributes(node: node, mode: mode, size: size)
    }

    /// fuse_open_out. Direct: every read and write comes here, whatever the size says.
    static func opened(handle: UInt64) -> [UInt8] {
        Little.bytes(handle) + Little.bytes(UInt32(1)) + Little.bytes(UInt32(0))
    }

    /// fuse_write_out.
    static func written(_ count: UInt32) -> [UInt8] { Little.bytes(count) + Little.bytes(UInt32(0)) }

    /// fuse_ioctl_out with the caller's structure behind it.
    static func ioctlAnswer(result: Int32, _ data: [UInt8]) -> [UInt8] {
        Little.bytes(result) + [UInt8](repeating: 0, count: 12) + data
    }

    /// fuse_dirent, padded to eight bytes. `next` is where reading goes on.
    static func directoryEntry(node: UInt64, next: UInt64, isFolder: Bool, name: String) -> [UInt8] {
        let name = Array(name.utf8)
        let entry =
            Little.bytes(node) + Little.bytes(next) + Little.bytes(UInt32(name.count))
            + Little.bytes(UInt32(isFolder ? 4 : 8)) + name
        return entry + [UInt8](repeating: 0, count: (8 - entry.count % 8) % 8)
    }
}
