import CLinux
import Glibc

/// The loop's epoll instance and its wake-up descriptor.
///
/// `wait`, `event(at:)`, `add`, `modify`, `remove` and `clearWake` belong to the loop's thread; `wake` is for any.
final class Poller: Sendable {
    /// Names one registration: the descriptor, and which registration of that number it is.
    struct Token: Hashable {
        let descriptor: CInt
        let generation: UInt32

        init(descriptor: CInt, generation: UInt32) {
            self.descriptor = descriptor
            self.generation = generation
        }

        init(bits: UInt64) {
            descriptor = CInt(truncatingIfNeeded: bits & 0xFFFF_FFFF)
            generation = UInt32(truncatingIfNeeded: bits >> 32)
        }

        var bits: UInt64 { UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor)) }
    }

    struct Event {
        let token: Token
        let events: IOEvents

        var isWake: Bool { token == Poller.wakeToken }
    }

    /// No descriptor is -1.
    private static let wakeToken = Token(descriptor: -1, generation: 0)

    private let descriptor: CInt
    private let wakeDescriptor: CInt
    private nonisolated(unsafe) let buffer: UnsafeMutableBufferPointer<epoll_event>  // proof: loop's thread alone

    init() throws(SystemError) {
        descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw .last("epoll_create1") }
        wakeDescriptor = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
        guard wakeDescriptor >= 0 else {
            let error = SystemError.last("eventfd")
            close(descriptor)
            throw error
        }
        buffer = .allocate(capacity: EventLoop.eventsPerTurn)
        try add(wakeDescriptor, .read, token: Poller.wakeToken)
    }

    deinit {
        close(wakeDescriptor)
        close(descriptor)
        buffer.deallocate()
    }

    /// Waits for events; -1 waits for ever. Returns how many there are, 0 after a time-out or an interrupting signal.
    func wait(milliseconds: CInt) -> Int {
        let count = epoll_wait(descriptor, buffer.baseAddress, CInt(buffer.count), milliseconds)
        precondition(count >= 0 || linux_errno() == EINTR, "epoll_wait takes our own descriptor and buffer")
        return max(0, Int(count))
    }

    func event(at position: Int) -> Event {
        Event(token: Token(bits: buffer[position].data.u64), events: IOEvents(rawValue: buffer[position].events))
    }

    func add(_ watched: CInt, _ interest: IOInterest, token: Token) throws(SystemError) {
        try control(EPOLL_CTL_ADD, watched, interest, token)
    }

    func modify(_ watched: CInt, _ interest: IOInterest, token: Token) throws(SystemError) {
        try control(EPOLL_CTL_MOD, watched, interest, token)
    }

    func remove(_ watched: CInt) {
        epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, nil)
    }

    /// Ends the present or next `wait`. Any thread.
    func wake() {
        // A full counter (EAGAIN) means that a wake-up is already under way.
        eventfd_write(wakeDescriptor, 1)
    }

    func clearWake() {
        var count: eventfd_t = 0
        eventfd_read(wakeDescriptor, &count)
    }

    private func control(_ operation: CInt, _ watched: CInt, _ interest: IOInterest, _ token: Token) throws(SystemError)
    {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token.bits))
        guard epoll_ctl(descriptor, operation, watched, &event) == 0 else { throw .last("epoll_ctl") }
    }
}
