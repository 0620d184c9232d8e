import EventLoops

/// Performs what `ChatTurn` decides: reads the provider, sends to the client, writes to the books.
struct LiveTurn: Sendable {
    let turn: AdmittedTurn
    let answer: any ProviderAnswer
    let books: TurnBooks
    let loop: EventLoop

    /// Where one run stands.
    private struct Run {
        var state: ChatTurn
        /// What has happened and was not yet put to `state`.
        var pending: [ChatTurn.Event] = []
        var clientIsThere = true
        let journal: ProgressJournal
    }

    /// See `RunningTurn.run`.
    func run(_ send: @Sendable (TurnEvent) async throws -> Void) async {
        var run = newRun()
        await drive(&run, send)
    }

    /// Ends the turn in a task of its own: what has come is charged, and nobody is told.
    func abandon() {
        loop.task {
            var run = newRun()
            run.clientIsThere = false
            // The first events are there already: nothing starts to wait for the provider.
            run.pending = await nextEvents() + [.clientLeft]
            await drive(&run) { _ in }
        }
    }

    private func newRun() -> Run {
        let journal = ProgressJournal(on: loop) { [books, turn] in await books.recordProgress($0, of: turn) }
        return Run(state: ChatTurn(modelID: turn.admission.modelID), journal: journal)
    }

    private func drive(_ run: inout Run, _ send: @Sendable (TurnEvent) async throws -> Void) async {
        while run.state.state != .ended {
            if run.pending.isEmpty { run.pending = await nextEvents() }
            for action in run.state.on(run.pending.removeFirst()) {
                await perform(action, in: &run, send)
            }
        }
        books.census.leave(turn.record.call)
    }

    private func perform(
        _ action: ChatTurn.Action, in run: inout Run, _ send: @Sendable (TurnEvent) async throws -> Void
    ) async {
        switch action {
        case .emit(let event):
            guard run.clientIsThere, await !deliver(event, send) else { return }
            run.clientIsThere = false
            // After what has come already: that is charged in any case, and may hold the final usage.
            run.pending.append(.clientLeft)
        case .journal(let progress):
            run.journal.note(progress)
        case .cancelUpstream:
            await answer.stop()
        case .release(let refusal):
            run.journal.close()
            await books.release(turn, code: ChatError.provider(refusal).code)
        case .settle(let report):
            run.journal.close()
            run.pending = [await books.settle(turn, report, answer: run.state.answer)]
        }
    }

    /// Whether the client is still there afterwards.
    private func deliver(_ event: TurnEvent, _ send: @Sendable (TurnEvent) async throws -> Void) async -> Bool {
        do {
            try await send(event)
            return !Task.isCancelled
        } catch {
            return false
        }
    }

    private func nextEvents() async -> [ChatTurn.Event] {
        let events = await answer.next()
        var result = events.map { ChatTurn.Event.provider($0) }
        if Task.isCancelled {
            // The cut that our own cancelling made is not the provider's.
            if case .failed? = events.last { result.removeLast() }
            result.append(.clientLeft)
        } else if events.isEmpty {
            result.append(.provider(.failed(.cut)))
        }
        return result
    }
}
