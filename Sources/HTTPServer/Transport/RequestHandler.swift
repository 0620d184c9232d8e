/// What the transport does with a request once its head is there.
public enum Admission: Sendable {
    /// Read the body, at most `bodyLimit` bytes of it, then call `handle`. A longer body is answered with 413.
    case accept(bodyLimit: Int)
    /// Answer at once, with bytes; the body is not handed on. Where its rest would be long the connection closes.
    case reject(Response)
}

/// What answers requests: the router.
public protocol RequestHandler: Sendable {
    /// Decides by the head alone, before any of the body is read. On the loop's thread: must not block.
    func admit(_ head: RequestHead) -> Admission
    /// Answers a whole request, in a task on the loop that is cancelled when the peer leaves.
    func handle(_ request: Request) async -> Response
    /// The answer to a request that the transport refuses by itself; only bytes are sent, and the connection closes. On
    /// the loop's thread.
    func refuse(_ refusal: ProtocolRefusal) -> Response
}
