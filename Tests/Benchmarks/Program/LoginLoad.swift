import Primitives
import Synchronization

/// Clients that log in again and again, each on a thread and a connection of its own, each with a wallet of its own.
final class LoginLoad: Sendable {
    private struct State {
        var count = 0
        var tokens: [String] = []
        var failure: String?
    }

    private let state = Mutex(State())
    private let kept: Int

    /// Keeps the first `kept` tokens.
    init(kept: Int) {
        self.kept = kept
    }

    func run(at url: String, clients: Int, seconds: Int) throws -> JSON {
        let accounts = try (0..<clients).map { _ in try Account(at: url) }
        let start = Monotonic.nanoseconds()
        let end = start + UInt64(seconds) * 1_000_000_000
        let threads = try accounts.map { account in
            nonisolated(unsafe) let account = account  // proof: each account is handed to one thread and to no other
            return try SystemThread.start(name: "client") { self.repeatLogins(account, until: end) }
        }
        for thread in threads { thread.join() }
        let rate = Rate.perSecond(state.withLock { $0.count }, since: start)
        if let failure = state.withLock({ $0.failure }) { return ["failure": .string(failure)] }
        return ["perSecond": .integer(rate), "tokens": .array(state.withLock { $0.tokens }.map { .string($0) })]
    }

    private func repeatLogins(_ account: Account, until end: UInt64) {
        while Monotonic.nanoseconds() < end {
            do {
                let token = try account.login()
                state.withLock { state in
                    state.count += 1
                    if state.tokens.count < kept { state.tokens.append(token) }
                }
            } catch {
                state.withLock { $0.failure = "\(error)" }
                return
            }
        }
    }
}
