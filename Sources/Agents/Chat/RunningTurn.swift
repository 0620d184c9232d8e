import Synchronization

/// A turn whose answer has begun, or one that was answered before and is told again. Whoever gets it runs it, once.
public final class RunningTurn: Sendable {
    private enum Work: Sendable {
        case live(LiveTurn)
        case replay([TurnEvent])
    }

    private let work: Mutex<Work?>

    init(_ turn: LiveTurn) {
        work = Mutex(.live(turn))
    }

    init(replaying events: [TurnEvent]) {
        work = Mutex(.replay(events))
    }

    /// Gives `send` every event of the turn in order, the last being `done` or `error`, and returns when the turn has
    /// been charged and the last event was sent.
    ///
    /// `send` sets the pace: while it waits, the provider is read no further; it is cancelled when the turn's time is
    /// up or the gateway is about to end, and then gets an `error` event. If `send` throws of itself or the task is
    /// cancelled, the client has left: the provider is stopped at once, what came is charged, and nothing more is sent.
    /// A second call does nothing.
    public func run(_ send: @escaping @Sendable (TurnEvent) async throws -> Void) async {
        switch take() {
        case .live(let turn): await turn.run(send)
        case .replay(let events):
            for event in events {
                guard (try? await send(event)) != nil else { return }
            }
        case nil: return
        }
    }

    private func take() -> Work? {
        work.withLock { work in
            defer { work = nil }
            return work
        }
    }

    deinit {
        // Never run: the client left between the provider's first word and the first event to it.
        guard case .live(let turn) = take() else { return }
        turn.abandon()
    }
}
