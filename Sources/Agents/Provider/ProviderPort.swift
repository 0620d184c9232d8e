/// Calls a model provider. `ProviderClient` is the real one.
public protocol ProviderPort: Sendable {
    /// Sends the request and returns once the provider has started to answer. Cancelling the task stops the call.
    /// Takes the key out of `key`.
    func send(_ request: AnthropicRequest, key: PassedKey) async throws(ProviderRefusal) -> any ProviderAnswer
}

/// An answer as it comes, for one reader.
public protocol ProviderAnswer: AnyObject, Sendable {
    /// What came since the last call, in order; waits for something to come. The first event is `.started`; after the
    /// end it is empty. Cancelling the task stops the provider and ends the answer with `.failed(.cut)`.
    func next() async -> [ProviderEvent]

    /// Stops the provider at once. Letting go of the answer does the same.
    func stop() async
}
