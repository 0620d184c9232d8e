import EventLoops
import Glibc

/// A server cannot start because somebody listens on its port: another server, or this one a second time.
public struct PortTaken: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address that was asked for.
    public let address: String
    /// The port that was asked for.
    public let port: UInt16

    /// For start-up messages.
    public var description: String { "port \(port) of \(address) is taken: another server listens there" }

    init(address: String, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// What `error` says of a configuration's port; nil if it is about something else.
    init?(_ error: any Error, _ configuration: ServerConfiguration) {
        guard (error as? SystemError)?.code == EADDRINUSE else { return nil }
        self.init(address: configuration.address, port: configuration.port)
    }
}
