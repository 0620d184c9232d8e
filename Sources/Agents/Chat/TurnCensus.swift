import Primitives
import Synchronization

/// The turns that this process answers for: those under way, and those that have ended and are not written yet. As long
/// as a turn is in here, nobody else ends it, whatever the clock says.
final class TurnCensus: Sendable {
    private struct Entry {
        let wallet: WalletID
        let stop: TurnStop
        /// False once the turn has ended and only waits to be written.
        var isUnderWay = true
    }

    private struct State {
        var turns: [String: Entry] = [:]
        var perWallet: [WalletID: Int] = [:]
        var underWay = 0
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Turns in here.
    var count: Int { state.withLock { $0.turns.count } }

    /// Whether this process answers for the turn.
    func holds(_ call: String) -> Bool { state.withLock { $0.turns[call] != nil } }

    /// The turn begins; returns what stops it. Throws `ChatError.tooManyTurns`, `.busy` or `.shuttingDown`.
    func enter(_ call: String, of wallet: WalletID) throws(ChatError) -> TurnStop {
        let stop = TurnStop()
        let refusal: ChatError? = state.withLock { state in
            if state.isClosed { return .shuttingDown }
            if state.turns.count >= TurnLimits.running { return .busy }
            if state.perWallet[wallet, default: 0] >= TurnLimits.runningPerWallet { return .tooManyTurns }
            state.turns[call] = Entry(wallet: wallet, stop: stop)
            state.perWallet[wallet, default: 0] += 1
            state.underWay += 1
            return nil
        }
        if let refusal { throw refusal }
        return stop
    }

    /// The turn has ended, and only waits to be written.
    func keep(_ call: String) {
        change { state in
            guard state.turns[call]?.isUnderWay == true else { return }
            state.turns[call]?.isUnderWay = false
            state.underWay -= 1
        }
    }

    /// Nothing is under way for the turn any more: it is gone, unless it waits to be written.
    func leave(_ call: String) {
        change { state in
            if state.turns[call]?.isUnderWay == true { TurnCensus.remove(call, from: &state) }
        }
    }

    /// The turn is written.
    func remove(_ call: String) {
        change { TurnCensus.remove(call, from: &$0) }
    }

    /// Stops every turn, and lets none begin any more.
    func interrupt() {
        let stops = state.withLock { state in
            state.isClosed = true
            return state.turns.values.map(\.stop)
        }
        for stop in stops { stop.stop(.interrupted) }
    }

    /// Returns once no turn is under way; some may wait to be written.
    func idle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.underWay > 0 { state.waiting.append(continuation) }
                return state.underWay == 0
            }
            if isIdle { continuation.resume() }
        }
    }

    private static func remove(_ call: String, from state: inout State) {
        guard let entry = state.turns.removeValue(forKey: call) else { return }
        if entry.isUnderWay { state.underWay -= 1 }
        let left = state.perWallet[entry.wallet, default: 1] - 1
        state.perWallet[entry.wallet] = left > 0 ? left : nil
    }

    private func change(_ body: (inout State) -> Void) {
        let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            body(&state)
            guard state.underWay == 0 else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in released { continuation.resume() }
    }
}
