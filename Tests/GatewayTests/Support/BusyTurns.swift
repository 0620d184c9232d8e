import EventLoops
import Foundation
import Synchronization

/// The longest turn of a gateway's loops, without the time in which the kernel kept a loop's thread from running: on a
/// machine that does other things besides, that says nothing about the gateway. Time in which a thread waits by its own
/// doing, for a disk or a lock, counts.
final class BusyTurns: LagObserver {
    private struct State {
        /// By loop: the thread's account of the kernel, and how long it had been kept waiting so far.
        var accounts: [Int: (file: CInt, waitedNanoseconds: UInt64)] = [:]
        var longestNanoseconds: UInt64 = 0
        var turns = 0
    }

    private let state = Mutex(State())

    deinit {
        for account in state.withLock({ $0.accounts }).values { close(account.file) }
    }

    /// The longest turn since the last call, and how many there were.
    func take() -> (longestMilliseconds: Double, turns: Int) {
        state.withLock { state in
            defer { (state.longestNanoseconds, state.turns) = (0, 0) }
            return (Double(state.longestNanoseconds) / 1_000_000, state.turns)
        }
    }

    func loopWasBusy(_ loop: Int, nanoseconds: UInt64) {
        state.withLock { state in
            // The name leads to the thread that opens it, which is the loop's.
            let account =
                state.accounts[loop] ?? (file: open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC), 0)
            let waited = BusyTurns.waited(account.file) ?? account.waitedNanoseconds
            state.accounts[loop] = (account.file, waited)
            let kept = waited - account.waitedNanoseconds
            state.turns += 1
            state.longestNanoseconds = max(state.longestNanoseconds, nanoseconds > kept ? nanoseconds - kept : 0)
        }
    }

    /// The second number of the account: nanoseconds spent ready to run, on no processor.
    private static func waited(_ file: CInt) -> UInt64? {
        var text = [UInt8](repeating: 0, count: 128)
        let count = pread(file, &text, text.count, 0)
        guard count > 0 else { return nil }
        let numbers = String(decoding: text[..<count], as: UTF8.self).split(separator: " ")
        return numbers.count > 1 ? UInt64(numbers[1]) : nil
    }
}
