import CCurl
import EventLoops

/// Tells a multi handle that one of its sockets is ready.
final class SocketWatch: IOHandler {
    private let descriptor: CInt
    private weak let multi: MultiHandle?

    init(_ descriptor: CInt, of multi: MultiHandle) {
        self.descriptor = descriptor
        self.multi = multi
    }

    /// Errors and hang-ups count as ready for both, so that libcurl meets them in its next read or write.
    func ready(_ events: IOEvents) {
        var what: CInt = 0
        if !events.isDisjoint(with: [.read, .hangUp, .error]) { what |= CURL_CSELECT_IN }
        if !events.isDisjoint(with: [.write, .hangUp, .error]) { what |= CURL_CSELECT_OUT }
        multi?.act(descriptor, what)
    }
}
