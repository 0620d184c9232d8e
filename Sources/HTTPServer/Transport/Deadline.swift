import EventLoops

/// What a connection waits for, and until when. There is one loop timer a connection; moving the deadline further out
/// leaves the timer where it is, so that a busy connection re-arms nothing.
struct Deadline {
    enum Purpose {
        case none
        /// The end of the head, from the connection's start or the request's first byte.
        case head
        /// Enough of the body.
        case body
        /// The next request.
        case idle
        /// Progress in sending.
        case write
        /// The peer's end after our last answer.
        case linger
        /// Bytes on an event stream.
        case keepAlive
    }

    var purpose = Purpose.none
    var at: UInt64 = 0
    var timer: TimerID?
    var timerAt: UInt64 = 0
}

extension Connection {
    /// Waits for `purpose` from now on, instead of whatever was waited for.
    func setDeadline(_ purpose: Deadline.Purpose, _ milliseconds: UInt64) {
        deadline.purpose = purpose
        deadline.at = loop.nowNanoseconds + milliseconds * 1_000_000
        guard deadline.timer == nil || deadline.timerAt > deadline.at else { return }
        armTimer(milliseconds)
    }

    func cancelDeadline() {
        deadline.purpose = .none
        if let timer = deadline.timer { loop.cancel(timer) }
        deadline.timer = nil
    }

    private func armTimer(_ milliseconds: UInt64) {
        if let timer = deadline.timer { loop.cancel(timer) }
        deadline.timerAt = deadline.at
        deadline.timer = loop.schedule(afterMilliseconds: milliseconds) { [self] in timerFired() }
    }

    private func timerFired() {
        deadline.timer = nil
        guard deadline.purpose != .none else { return }
        let now = loop.nowNanoseconds
        if now >= deadline.at {
            expire()
        } else {
            armTimer((deadline.at - now + 999_999) / 1_000_000)
        }
    }

    private func expire() {
        switch deadline.purpose {
        case .none: break
        case .head:
            // Who has not sent a byte gets no answer: there is no request to answer.
            if phase == .head, parser.isInsideHead { refuse(.headTimeout) } else { close() }
        case .body:
            switch bodyRate.judge(at: loop.nowNanoseconds, limits) {
            case .tooSlow: refuse(.bodyTimeout)
            case .next(let milliseconds): setDeadline(.body, milliseconds)
            }
        case .idle, .write, .linger: close()
        case .keepAlive: stream?.keepAlive()
        }
    }
}
