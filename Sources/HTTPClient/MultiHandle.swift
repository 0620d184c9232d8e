import CCurl
import EventLoops

/// libcurl's multi handle driven by a loop: its sockets are watched and its timer kept there. Lives on its loop.
final class MultiHandle {
    /// Hears what becomes of transfers. Called on the loop, never from within libcurl.
    struct Events {
        /// A transfer is over; its handle is still part of the multi handle.
        let finished: (EasyHandle, CURLcode) -> Void
        /// The multi handle has failed and is of no further use.
        let broken: () -> Void
    }

    private let pointer: UnsafeMutableRawPointer
    private let loop: EventLoop
    private let events: Events
    private var watches: [CInt: SocketWatch] = [:]
    private var timer: TimerID?
    private var isClosed = false

    /// A multi handle without transfers. Throws `.other`.
    init(loop: EventLoop, limits: ConnectionLimits, events: Events) throws(HTTPClientError) {
        try EasyHandle.check(CurlProcess.start)
        guard let pointer = curl_multi_init() else { throw .other(CURLE_OUT_OF_MEMORY.rawValue) }
        self.pointer = pointer
        self.loop = loop
        self.events = events
        let context = Unmanaged.passUnretained(self).toOpaque()
        let codes = [
            ccurl_multi_on_socket(pointer, MultiHandle.onSocket, context),
            ccurl_multi_on_timer(pointer, MultiHandle.onTimer, context),
            ccurl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, limits.idle),
            ccurl_multi_set_long(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.open),
            ccurl_multi_set_long(pointer, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING)),
        ]
        guard codes.allSatisfy({ $0 == CURLM_OK }) else {
            curl_multi_cleanup(pointer)
            throw .other(CURLE_FAILED_INIT.rawValue)
        }
    }

    /// Starts a transfer. Throws `.other` when libcurl does not take it.
    func add(_ easy: EasyHandle) throws(HTTPClientError) {
        guard curl_multi_add_handle(pointer, easy.pointer) == CURLM_OK else {
            throw .other(CURLE_FAILED_INIT.rawValue)
        }
        advance()
    }

    /// Takes a transfer out. When it was not over, its connection is closed at once.
    func remove(_ easy: EasyHandle) {
        // Fails only for a handle that is not part of this one.
        curl_multi_remove_handle(pointer, easy.pointer)
    }

    /// Lets libcurl do what its timer asks for.
    func advance() {
        act(CURL_SOCKET_TIMEOUT, 0)
    }

    /// Closes all connections. Every transfer must have been removed.
    func close() {
        isClosed = true
        stopTimer()
        curl_multi_cleanup(pointer)
        for descriptor in watches.keys { loop.deregister(descriptor) }
        watches = [:]
        stopTimer()
    }

    /// A watched socket is ready for `what` (CURL_CSELECT_...).
    func act(_ descriptor: CInt, _ what: CInt) {
        guard !isClosed else { return }
        var running: CInt = 0
        let code = curl_multi_socket_action(pointer, descriptor, what, &running)
        var finished: [(EasyHandle, CURLcode)] = []
        var easy: UnsafeMutableRawPointer?
        var result = CURLE_OK
        while ccurl_multi_finished(pointer, &easy, &result) != 0 {
            if let easy { finished.append((EasyHandle(easy), result)) }
        }
        for (easy, result) in finished { events.finished(easy, result) }
        if code != CURLM_OK { events.broken() }
    }
}

// What libcurl asks of the loop. Called from within libcurl, which must not be entered again here.
extension MultiHandle {
    private static let onSocket: curl_socket_callback = { _, descriptor, what, context, _ in
        guard let context else { return -1 }
        let multi = Unmanaged<MultiHandle>.fromOpaque(context).takeUnretainedValue()
        return multi.watch(descriptor, what) ? 0 : -1
    }

    private static let onTimer: curl_multi_timer_callback = { _, milliseconds, context in
        guard let context else { return -1 }
        Unmanaged<MultiHandle>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
        return 0
    }

    private func watch(_ descriptor: CInt, _ what: CInt) -> Bool {
        guard what != CURL_POLL_REMOVE else {
            if watches.removeValue(forKey: descriptor) != nil { loop.deregister(descriptor) }
            return true
        }
        var interest: IOInterest = []
        if what & CURL_POLL_IN != 0 { interest.insert(.read) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
        do {
            if watches[descriptor] != nil {
                try loop.update(descriptor, interest)
            } else {
                let watch = SocketWatch(descriptor, of: self)
                try loop.register(descriptor, interest, watch)
                watches[descriptor] = watch
            }
            return true
        } catch {
            return false
        }
    }

    private func setTimer(_ milliseconds: Int) {
        stopTimer()
        guard !isClosed, milliseconds >= 0 else { return }
        timer = loop.schedule(afterMilliseconds: UInt64(milliseconds)) { [weak self] in
            self?.timer = nil
            self?.advance()
        }
    }

    private func stopTimer() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }
}
