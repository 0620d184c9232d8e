/// Why a provider's stream ended before the answer was whole. Carries nothing the provider wrote: its messages can
/// hold fragments of a key or of the prompt.
public enum ProviderFault: String, Error, Hashable, Sendable, CaseIterable {
    /// The provider said in the stream that it is overloaded.
    case overloaded
    /// The provider said in the stream that the key has used up its rate.
    case rateLimited
    /// The provider said in the stream that it does not take the key.
    case keyRejected
    /// The provider said in the stream that it does not take the request.
    case requestRefused
    /// The provider reported another error in the stream.
    case reported
    /// Bytes that are no event stream, or an event that is not of the documented form.
    case malformed
    /// Events in an order that the protocol excludes.
    case outOfOrder
    /// The connection ended before the answer did.
    case cut
    /// Nothing came for `ProviderLimits.idleMilliseconds`.
    case stalled
    /// The call ran past `ProviderLimits.totalMilliseconds`.
    case timeLimit
}
