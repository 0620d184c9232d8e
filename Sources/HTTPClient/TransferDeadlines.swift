/// When a transfer has taken too long, decided from what has happened to it. Times are monotonic nanoseconds.
///
/// `connecting -> awaitingHead -> receiving <-> held`; `connecting` again when a pooled connection turned out dead.
struct TransferDeadlines {
    private enum Phase {
        case connecting
        case awaitingHead
        case receiving
        case held
    }

    private let limits: ClientLimits
    private let start: UInt64
    private var phase = Phase.connecting
    /// When the present phase last moved.
    private var moved: UInt64

    /// A transfer that starts now, without connection.
    init(_ limits: ClientLimits, now: UInt64) {
        self.limits = limits
        start = now
        moved = now
    }

    /// The connection is ready for the request.
    mutating func connected(now: UInt64) {
        phase = .awaitingHead
        moved = now
    }

    /// The connection was of no use; another one is sought within the same limit.
    mutating func disconnected() {
        phase = .connecting
    }

    /// The connection took bytes of the request.
    mutating func sent(now: UInt64) {
        moved = now
    }

    /// The head is whole, or body bytes have come.
    mutating func received(now: UInt64) {
        phase = .receiving
        moved = now
    }

    /// The reader is behind: the connection is not being read.
    mutating func hold() {
        phase = .held
    }

    /// The earliest moment at which a limit may pass, or nil when none can without a further event.
    var next: UInt64? {
        [phaseDeadline?.at, totalDeadline].compactMap { $0 }.min()
    }

    /// The limit that has passed at `now`. The total limit comes second: the nearer cause says more.
    func expired(now: UInt64) -> TimeLimit? {
        if let deadline = phaseDeadline, deadline.at <= now { return deadline.limit }
        if let totalDeadline, totalDeadline <= now { return .total }
        return nil
    }

    private var phaseDeadline: (at: UInt64, limit: TimeLimit)? {
        switch phase {
        case .connecting: (after(limits.connectMilliseconds, start), .connect)
        case .awaitingHead: (after(limits.firstByteMilliseconds, moved), .firstByte)
        case .receiving: (after(limits.idleMilliseconds, moved), .idle)
        case .held: nil
        }
    }

    private var totalDeadline: UInt64? {
        limits.totalMilliseconds.map { after($0, start) }
    }

    private func after(_ milliseconds: UInt64, _ moment: UInt64) -> UInt64 {
        let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let (deadline, late) = moment.addingReportingOverflow(nanoseconds)
        return overflow || late ? .max : deadline
    }
}
