import Glibc
import Primitives
import Synchronization

/// What stands behind `DeviceQueue`: the turns, the jobs by ticket, and the two threads. One serves; the other watches
/// time limits, since the first may sit in the kernel.
final class DeviceCounter: Sendable {
    private struct State {
        var turns: DeviceTurns
        var jobs: [UInt64: DeviceJob] = [:]
        var lastTicket: UInt64 = 0

        /// Takes jobs out, so that nobody answers them a second time.
        mutating func take(_ tickets: [UInt64]) -> [DeviceJob] {
            tickets.compactMap { jobs.removeValue(forKey: $0) }
        }
    }

    private let device: any AttestationDevice
    private let state: Mutex<State>
    private let work: DeviceAlarm
    private let watch: DeviceAlarm

    init(_ device: any AttestationDevice, capacity: Int) throws(DeviceFault) {
        self.device = device
        state = Mutex(State(turns: DeviceTurns(capacity: capacity)))
        work = try DeviceAlarm()
        watch = try DeviceAlarm()
    }

    /// Starts both threads, which end with `stop`.
    func open() throws(DeviceFault) {
        do throws(SystemThread.Refused) {
            try SystemThread.start(name: "device") { self.serve() }.detach()
            try SystemThread.start(name: "device-limits") { self.expire() }.detach()
        } catch {
            stop()
            throw .io(.open, errno: error.code)
        }
    }

    var health: DeviceHealth { state.withLock { $0.turns.health } }

    var waitingCount: Int { state.withLock { $0.turns.waitingCount } }

    /// A number for one call.
    func ticket() -> UInt64 {
        state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
    }

    /// Takes a place, or answers at once why not.
    func enter(_ ticket: UInt64, _ job: DeviceJob, limitMilliseconds: Int) {
        let deadline = Monotonic.nanoseconds() + UInt64(limitMilliseconds) * 1_000_000
        let refusal = state.withLock { state in
            let refusal = state.turns.enter(ticket, for: job.purpose, until: deadline)
            if refusal == nil { state.jobs[ticket] = job }
            return refusal
        }
        if let refusal { return job.refuse(refusal) }
        work.ring()
        watch.ring()
    }

    /// The caller's task is cancelled.
    func leave(_ ticket: UInt64) {
        let job = state.withLock { $0.turns.leave(ticket) ? $0.take([ticket]) : [] }
        for job in job { job.refuse(.cancelled) }
    }

    /// Answers everybody and lets the threads end.
    func stop() {
        let jobs = state.withLock { $0.take($0.turns.stop()) }
        for job in jobs { job.refuse(.stopped) }
        work.ring()
        watch.ring()
    }

    private func serve() {
        while true {
            let (job, isOver) = state.withLock { state in
                let job = state.turns.isOver ? nil : state.turns.begin().flatMap { state.jobs[$0] }
                return (job, state.turns.isOver)
            }
            if isOver { return }
            guard let job else {
                work.wait(until: nil)
                continue
            }
            let (fault, answer) = job.run(on: device)
            let (isWanted, lost) = state.withLock { state in
                let (answered, lost) = state.turns.end(with: fault)
                return (!state.take(answered.map { [$0] } ?? []).isEmpty, state.take(lost))
            }
            if isWanted { answer() }
            for job in lost { job.refuse(.keyWiped) }
        }
    }

    private func expire() {
        while true {
            let (jobs, next, isOver) = state.withLock { state in
                let jobs = state.take(state.turns.expire(at: Monotonic.nanoseconds()))
                return (jobs, state.turns.nextDeadline, state.turns.isOver)
            }
            for job in jobs { job.refuse(.timedOut) }
            if isOver { return }
            watch.wait(until: next)
        }
    }
}
