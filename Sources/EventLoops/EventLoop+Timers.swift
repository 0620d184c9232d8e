import Primitives

extension EventLoop {
    /// Runs `body` once on the loop, not before `milliseconds` have passed and as soon after as the loop is free.
    /// Loop thread only. O(log n).
    public func schedule(afterMilliseconds milliseconds: UInt64, _ body: @escaping () -> Void) -> TimerID {
        checkIsolated()
        let (delay, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        let (deadline, late) = Monotonic.nanoseconds().addingReportingOverflow(overflow ? .max : delay)
        return own.timers.insert(deadline: late ? .max : deadline, body)
    }

    /// Takes a timer back; returns whether it had not run yet. Loop thread only. O(1).
    @discardableResult
    public func cancel(_ timer: TimerID) -> Bool {
        checkIsolated()
        return own.timers.cancel(timer)
    }
}
