/// Fetches another issuer's key set. Plugged in from outside: this module opens no connection.
public protocol KeySetFetcher: Sendable {
    /// The body of a good answer, at most `maximumBytes`. Takes seconds at most.
    func keySet(at url: String, maximumBytes: Int) async throws(KeySetFetchFault) -> [UInt8]
}

/// The set could not be fetched. What is known already stays in use.
public struct KeySetFetchFault: Error, Hashable, Sendable {
    /// Why, for the log: a code, never content.
    public let reason: String

    /// A fault.
    public init(_ reason: String) {
        self.reason = reason
    }
}
