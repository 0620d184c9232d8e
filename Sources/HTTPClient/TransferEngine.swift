import CCurl
import EventLoops

/// The transfers and the pool of connections of one client on one loop.
final class TransferEngine: Sendable {
    private let loop: EventLoop
    private let settings: EngineSettings
    nonisolated(unsafe) private var own = Own()  // proof: every use is in a function that runs on `loop`'s thread

    /// What belongs to the loop's thread.
    private struct Own {
        var multi: MultiHandle?
        var transfers: [ObjectIdentifier: Transfer] = [:]
        var byHandle: [EasyHandle: Transfer] = [:]
        let connections = ConnectionTable()
        var isRetired = false
    }

    /// An engine without connections; libcurl starts with the first request.
    init(loop: EventLoop, settings: EngineSettings) {
        self.loop = loop
        self.settings = settings
    }
}

// What readers ask for, from any thread.
extension TransferEngine {
    /// Starts a request.
    func begin(_ plan: RequestPlan, _ channel: ResponseChannel) {
        if loop.inLoop {
            start(plan, channel)
        } else {
            loop.execute { self.start(plan, channel) }
        }
    }

    /// The reader has caught up.
    func resume(_ channel: ResponseChannel) {
        loop.execute { self.goOn(channel) }
    }

    /// The reader has gone: the transfer is stopped and its connection closed.
    func abort(_ channel: ResponseChannel) {
        loop.execute { self.stop(channel) }
    }

    /// The client has gone: connections are closed once the last transfer is over.
    func retire() {
        loop.execute {
            self.own.isRetired = true
            self.closeWhenIdle()
        }
    }

    /// Stops all transfers, closes all connections, then calls `done`.
    func close(_ done: @escaping @Sendable () -> Void) {
        loop.execute {
            self.own.isRetired = true
            for transfer in self.own.transfers.values { self.finish(transfer, .failed(.cancelled)) }
            self.closeWhenIdle()
            done()
        }
    }
}

// What happens on the loop, never from within libcurl.
extension TransferEngine {
    private func start(_ plan: RequestPlan, _ channel: ResponseChannel) {
        guard !channel.hasEnded else { return }
        guard !own.isRetired else { return channel.end(.failed(.cancelled)) }
        do throws(HTTPClientError) {
            let multi = try multiHandle()
            let transfer = try Transfer(
                plan, channel, settings: settings, connections: own.connections, loop: loop,
                whenLate: { [unowned self] transfer, limit in finish(transfer, .failed(.timedOut(limit))) })
            own.transfers[ObjectIdentifier(channel)] = transfer
            own.byHandle[transfer.easy] = transfer
            add(transfer, to: multi)
        } catch {
            channel.end(.failed(error))
        }
    }

    private func multiHandle() throws(HTTPClientError) -> MultiHandle {
        if let multi = own.multi { return multi }
        let events = MultiHandle.Events(
            finished: { [unowned self] easy, code in finished(easy, code) }, broken: { [unowned self] in collapse() })
        let multi = try MultiHandle(loop: loop, limits: settings.connections, events: events)
        own.multi = multi
        return multi
    }

    private func add(_ transfer: Transfer, to multi: MultiHandle) {
        do throws(HTTPClientError) {
            try multi.add(transfer.easy)
        } catch {
            finish(transfer, .failed(error))
        }
    }

    private func goOn(_ channel: ResponseChannel) {
        guard let transfer = own.transfers[ObjectIdentifier(channel)] else { return }
        let code = transfer.resume()
        if code == CURLE_OK {
            own.multi?.advance()
        } else {
            finish(transfer, transfer.ending(code))
        }
    }

    private func stop(_ channel: ResponseChannel) {
        guard let transfer = own.transfers[ObjectIdentifier(channel)] else { return }
        finish(transfer, .failed(.cancelled))
    }

    private func finished(_ easy: EasyHandle, _ code: CURLcode) {
        guard let transfer = own.byHandle[easy] else { return }
        if transfer.needsOtherConnection {
            startAgain(transfer)
        } else {
            finish(transfer, transfer.ending(code))
        }
    }

    private func startAgain(_ transfer: Transfer) {
        guard let multi = own.multi else { return }
        multi.remove(transfer.easy)
        do throws(HTTPClientError) {
            try transfer.restart()
            add(transfer, to: multi)
        } catch {
            finish(transfer, .failed(error))
        }
    }

    private func finish(_ transfer: Transfer, _ ending: ResponseFlow.Ending) {
        guard own.byHandle.removeValue(forKey: transfer.easy) != nil else { return }
        own.transfers[ObjectIdentifier(transfer.channel)] = nil
        own.multi?.remove(transfer.easy)
        transfer.close()
        transfer.channel.end(ending)
        closeWhenIdle()
    }

    /// The multi handle has failed: every transfer ends, the next request starts afresh.
    private func collapse() {
        let broken = own.multi
        for transfer in own.transfers.values { finish(transfer, .failed(.other(CURLE_OUT_OF_MEMORY.rawValue))) }
        if own.multi != nil {
            own.multi = nil
            broken?.close()
        }
    }

    private func closeWhenIdle() {
        guard own.isRetired, own.transfers.isEmpty, let multi = own.multi else { return }
        own.multi = nil
        multi.close()
    }
}
