/// What came of turns that were to be ended after the fact.
public struct EndedTurns: Hashable, Sendable {
    /// Turns that are charged or undone now.
    public internal(set) var ended = 0
    /// Turns that could not be ended; their money stays held.
    public internal(set) var failed = 0
}
