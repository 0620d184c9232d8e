import CLinux
import Glibc
import Primitives

/// A bell that one thread waits for, at most until a given moment. Rung while nobody waits, it wakes the next wait.
final class DeviceAlarm: Sendable {
    private let descriptor: CInt

    /// Throws `io` when the process has no descriptor left.
    init() throws(DeviceFault) {
        descriptor = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
        guard descriptor >= 0 else { throw .io(.open, errno: errno) }
    }

    deinit {
        close(descriptor)
    }

    /// Wakes the waiting thread.
    func ring() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Waits for a ring, or until `deadline` (monotonic nanoseconds). May return early.
    func wait(until deadline: UInt64?) {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let now = Monotonic.nanoseconds()
        // Rounded up: a wait that ends just before the moment would be repeated without rest.
        let milliseconds = deadline.map { $0 <= now ? 0 : ($0 - now) / 1_000_000 + 1 }
        guard poll(&entry, 1, milliseconds.map { CInt(clamping: $0) } ?? -1) > 0 else { return }
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
