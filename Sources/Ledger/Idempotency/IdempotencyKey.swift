import Primitives

/// The `Idempotency-Key` of a request: the client's own name for one thing it wants done once.
public struct IdempotencyKey: Hashable, Sendable {
    /// Long enough for any id in use; fits an index.
    public static let maximumLength = 255

    /// The key as the client sent it.
    public let text: String

    /// Nil unless `text` is 1 to `maximumLength` visible ASCII characters.
    public init?(_ text: String) {
        guard VisibleASCII.matches(text, length: 1...IdempotencyKey.maximumLength) else { return nil }
        self.text = text
    }
}
