import Glibc

/// The folder of one request below configfs, whose files are its attributes.
struct ConfigFSRequest {
    /// More than any attribute of the kernel may hold (TSM_REPORT_OUTBLOB_MAX is 32 KiB).
    static let maximumBytes = 64 << 10

    private let folder: String

    /// Makes the folder; the kernel fills it with attributes. Throws `unavailable` if there is no such interface.
    init(in parent: String, named name: String) throws(DeviceFault) {
        folder = parent + "/" + name
        guard mkdir(folder, 0o700) != 0 else { return }
        switch errno {
        case ENOENT, ENOTDIR, ENXIO, EACCES, EPERM, EROFS, ENOTCONN: throw .unavailable(errno: errno)
        default: throw .io(.mkdir, errno: errno)
        }
    }

    /// Takes the folder away. What it holds is the kernel's, so it goes although it is not empty.
    func remove() {
        rmdir(folder)
    }

    /// All of an attribute. The first read makes the kernel ask the firmware.
    func read(_ name: String) throws(DeviceFault) -> [UInt8] {
        let file = try open(name, O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: ConfigFSRequest.maximumBytes)
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if count == 0 { return Array(bytes[..<filled]) }
            if count < 0 {
                if errno == EINTR { continue }
                throw ConfigFSRequest.fault(of: .read, errno: errno)
            }
            filled += count
        }
        throw .malformedAnswer(.attribute(name))
    }

    /// An attribute that is a decimal number.
    func number(in name: String) throws(DeviceFault) -> UInt64 {
        let text = String(decoding: try read(name), as: UTF8.self)
        guard let number = UInt64(text.hasSuffix("\n") ? String(text.dropLast()) : text) else {
            throw .malformedAnswer(.attribute(name))
        }
        return number
    }

    /// Writes an attribute at once. For a binary one the kernel acts on it when the file is closed and keeps what goes
    /// wrong there to itself: it shows in `generation`.
    func write(_ bytes: [UInt8], to name: String) throws(DeviceFault) {
        let file = try open(name, O_WRONLY)
        defer { close(file) }
        var written = 0
        repeat {
            written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        } while written < 0 && errno == EINTR
        guard written >= 0 else { throw ConfigFSRequest.fault(of: .write, errno: errno) }
        guard written == bytes.count else { throw .malformedAnswer(.attribute(name)) }
    }

    private func open(_ name: String, _ mode: CInt) throws(DeviceFault) -> CInt {
        let file = Glibc.open(folder + "/" + name, mode | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw ConfigFSRequest.fault(of: .open, errno: errno) }
        return file
    }

    /// ENOTTY is what the driver says without its message key; the time-out is its own after a minute of throttling.
    static func fault(of call: DeviceFault.Call, errno code: CInt) -> DeviceFault {
        switch code {
        case ENOTTY: .keyWiped
        case ETIMEDOUT, EAGAIN, EBUSY: .busy
        case ENOTCONN: .unavailable(errno: code)
        default: .io(call, errno: code)
        }
    }
}
