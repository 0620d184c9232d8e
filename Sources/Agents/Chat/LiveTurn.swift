import EventLoops

/// Performs what `ChatTurn` decides: reads the provider, sends to the client, writes to the books.
struct LiveTurn: Sendable {
    let turn: AdmittedTurn
    let answer: any ProviderAnswer
    let books: TurnBooks
    let stop: TurnStop
    let times: TurnTimes
    let loop: EventLoop

    /// Where one run stands.
    private struct Run: Sendable {
        var state: ChatTurn
        /// What has happened and was not yet put to `state`.
        var pending: [ChatTurn.Event] = []
        var clientIsThere = true
        /// How the turn goes into the books, once that is known.
        var closing: ChatTurn.Action?
        let journal: ProgressJournal
    }

    /// See `RunningTurn.run`. What may wait for ever, the provider and the client, runs in a task that can be stopped;
    /// the books are written outside of it.
    func run(_ send: @escaping @Sendable (TurnEvent) async throws -> Void) async {
        let run = await stop.run(on: loop, withinMilliseconds: times.answer) {
            var run = newRun()
            await stream(&run, send)
            return run
        }
        await close(run, send)
    }

    /// Ends the turn in a task of its own: what has come is charged, and nobody is told.
    func abandon() {
        loop.task {
            var run = newRun()
            run.clientIsThere = false
            // The first events are there already: nothing starts to wait for the provider.
            run.pending = await nextEvents() + [.stopped(.clientLeft)]
            await stream(&run) { _ in }
            await close(run) { _ in }
        }
    }

    private func newRun() -> Run {
        let journal = ProgressJournal(on: loop) { [books, turn] in await books.recordProgress($0, of: turn) }
        return Run(state: ChatTurn(modelID: turn.admission.modelID, known: turn.known), journal: journal)
    }

    /// Passes the answer on until the turn has to be charged or undone.
    private func stream(_ run: inout Run, _ send: @Sendable (TurnEvent) async throws -> Void) async {
        while run.closing == nil {
            if run.pending.isEmpty { await wait(&run, send) }
            for action in run.state.on(run.pending.removeFirst()) {
                await perform(action, in: &run, send)
            }
        }
    }

    /// Waits for what happens next. Text that is held back is not kept from the client for longer than `times.hold`.
    private func wait(_ run: inout Run, _ send: @Sendable (TurnEvent) async throws -> Void) async {
        guard run.state.isHolding else { return run.pending = await nextEvents() }
        let next = Task(executorPreference: loop) { await nextEvents() }
        await withTaskCancellationHandler {
            if await !next.ends(on: loop, withinMilliseconds: times.hold) {
                for action in run.state.on(.paused) { await perform(action, in: &run, send) }
            }
            // After what perform may have put there: a client that left is told of what came all the same.
            run.pending = await next.value + run.pending
        } onCancel: {
            next.cancel()
        }
    }

    private func perform(
        _ action: ChatTurn.Action, in run: inout Run, _ send: @Sendable (TurnEvent) async throws -> Void
    ) async {
        switch action {
        case .emit(let event):
            guard run.clientIsThere, let reason = await deliver(event, send) else { return }
            run.clientIsThere = reason != .clientLeft
            // After what has come already: that is charged in any case, and may hold the final usage.
            run.pending.append(.stopped(reason))
        case .journal(let progress):
            run.journal.note(progress)
        case .cancelUpstream:
            await answer.stop()
        case .release, .settle:
            run.closing = action
        }
    }

    /// Why the turn ends after the event, if it does.
    private func deliver(
        _ event: TurnEvent, _ send: @Sendable (TurnEvent) async throws -> Void
    ) async -> TurnStop.Reason? {
        do {
            try await send(event)
            return Task.isCancelled ? reasonOfCancelling : nil
        } catch {
            return Task.isCancelled ? reasonOfCancelling : .clientLeft
        }
    }

    private func nextEvents() async -> [ChatTurn.Event] {
        let events = await answer.next()
        var result = events.map { ChatTurn.Event.provider($0) }
        if Task.isCancelled {
            // The cut that our own cancelling made is not the provider's.
            if case .failed? = events.last { result.removeLast() }
            result.append(.stopped(reasonOfCancelling))
        } else if events.isEmpty {
            result.append(.provider(.failed(.cut)))
        }
        return result
    }

    /// Only the time limit cancels the task without a reason.
    private var reasonOfCancelling: TurnStop.Reason { stop.reason ?? .timeLimit }

    /// Writes the turn into the books and tells the client.
    private func close(_ run: Run, _ send: @escaping @Sendable (TurnEvent) async throws -> Void) async {
        run.journal.close()
        switch run.closing {
        case .release(let refusal): await books.release(turn, code: ChatError.provider(refusal).code)
        case .settle(let report):
            var state = run.state
            for case .emit(let event) in state.on(await books.settle(turn, report, answer: state.answer))
            where run.clientIsThere {
                // Not by the turn's own stop: it may have been stopped, and the client should learn of it.
                await TurnStop().run(on: loop, withinMilliseconds: times.lastEvent) { try? await send(event) }
            }
        default: break
        }
        books.census.leave(turn.record.call)
    }
}
