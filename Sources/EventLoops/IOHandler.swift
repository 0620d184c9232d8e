import CLinux

/// What a descriptor's handler wants to hear of. Errors and hang-ups are always reported.
public struct IOInterest: OptionSet, Hashable, Sendable {
    /// epoll's event bits.
    public let rawValue: UInt32

    /// epoll's event bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// There are bytes to read, or the end of them, or a connection to accept.
    public static let read = IOInterest(rawValue: EPOLLIN.rawValue)
    /// There is room to write.
    public static let write = IOInterest(rawValue: EPOLLOUT.rawValue)
    /// The peer closed its sending side. Level-triggered: take it back after the first report, or the loop spins.
    public static let peerClosed = IOInterest(rawValue: EPOLLRDHUP.rawValue)
}

/// What has happened to a descriptor.
public struct IOEvents: OptionSet, Hashable, Sendable {
    /// epoll's event bits.
    public let rawValue: UInt32

    /// epoll's event bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// There are bytes to read, or the end of them, or a connection to accept.
    public static let read = IOEvents(rawValue: EPOLLIN.rawValue)
    /// There is room to write.
    public static let write = IOEvents(rawValue: EPOLLOUT.rawValue)
    /// The peer closed its sending side.
    public static let peerClosed = IOEvents(rawValue: EPOLLRDHUP.rawValue)
    /// Both sides are closed, or the connection was reset.
    public static let hangUp = IOEvents(rawValue: EPOLLHUP.rawValue)
    /// The descriptor has an error pending (SO_ERROR).
    public static let error = IOEvents(rawValue: EPOLLERR.rawValue)
}

/// Takes the events of one descriptor, on the loop's thread.
public protocol IOHandler: AnyObject {
    /// Something happened. Must not block: every connection of the loop waits meanwhile.
    func ready(_ events: IOEvents)
}
