/// How many connections a client keeps, on each loop of its group.
public struct ConnectionLimits: Hashable, Sendable {
    /// Idle connections kept for the next request. 64: a handful of providers under load; each costs a descriptor and,
    /// with TLS, some 50 KiB.
    public var idle: Int
    /// Open connections, busy or idle. A request beyond that waits, within its connect limit. 4,096: one a stream.
    public var open: Int
    /// Seconds after which an idle connection is not used any more. 60: below the idle limits of common balancers.
    public var idleSeconds: Int
    /// Seconds after which a connection takes no new request, so that changes of name and certificate are noticed. 300.
    public var lifetimeSeconds: Int

    /// The limits of a client; each default is explained at its property.
    public init(idle: Int = 64, open: Int = 4_096, idleSeconds: Int = 60, lifetimeSeconds: Int = 300) {
        self.idle = idle
        self.open = open
        self.idleSeconds = idleSeconds
        self.lifetimeSeconds = lifetimeSeconds
    }
}
