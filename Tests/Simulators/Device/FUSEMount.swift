import Glibc
import Primitives

/// A filesystem of ours, from mount to unmount.
final class FUSEMount: Sendable {
    struct Refused: Error, CustomStringConvertible {
        let step: String
        let code: CInt
        var description: String { "\(step): \(String(cString: strerror(code)))" }
    }

    /// Shows in /proc/self/mountinfo, so that what a killed run left behind is known as ours.
    static let kind = "fuse.sealgate"

    private let descriptor: CInt
    private let path: String

    /// Mounts over `path`, whose kind (file or folder) the root must have, and serves it from `threads` threads.
    init(
        over path: String, isFolder: Bool, threads: Int,
        _ answer: @escaping @Sendable (FUSEMessage.Request) -> FUSEMessage.Reply
    ) throws {
        self.path = path
        descriptor = open("/dev/fuse", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw Refused(step: "open /dev/fuse", code: errno) }
        let mode = isFolder ? "40755" : "100600"
        let options = "fd=\(descriptor),rootmode=\(mode),user_id=0,group_id=0,allow_other"
        guard mount("sev-guest-simulator", path, FUSEMount.kind, UInt(MS_NOSUID | MS_NODEV), options) == 0 else {
            throw Refused(step: "mount over \(path)", code: errno)
        }
        for _ in 0..<threads {
            try SystemThread.start(name: "fuse") { [descriptor] in FUSEMount.serve(descriptor, answer) }.detach()
        }
    }

    /// Takes it away also from those who have files open in it: their next call fails.
    func unmount() {
        umount2(path, CInt(MNT_DETACH))
    }

    /// Unmounts what an earlier run left at `path`.
    static func clean(_ path: String) {
        for _ in 0..<16 {
            guard leftovers().contains(path), umount2(path, CInt(MNT_DETACH)) == 0 else { return }
        }
    }

    private static func leftovers() -> [String] {
        guard let text = TextFile.read("/proc/self/mountinfo") else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let dash = words.firstIndex(of: "-"), dash + 1 < words.count, words[dash + 1] == kind else {
                return nil
            }
            return String(words[4])
        }
    }

    private static func serve(
        _ descriptor: CInt, _ answer: @Sendable (FUSEMessage.Request) -> FUSEMessage.Reply
    ) {
        var buffer = [UInt8](repeating: 0, count: FUSEMessage.bufferBytes)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 {
                // ENOENT: the caller gave up before we read its request.
                if errno == EINTR || errno == EAGAIN || errno == ENOENT { continue }
                return
            }
            guard let request = FUSEMessage.Request(Array(buffer[..<count])) else { continue }
            let reply: FUSEMessage.Reply =
                switch request.operation {
                case .initialise: .data(FUSEMessage.initialised())
                case .forget, .batchForget, .interrupt: .none
                case .statfs: .data([UInt8](repeating: 0, count: 80))
                case .destroy: .done
                default: answer(request)
                }
            if let bytes = reply.bytes(to: request.unique) { _ = write(descriptor, bytes, bytes.count) }
        }
    }
}
