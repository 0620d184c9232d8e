/// A price list that cannot be used. Starting with a wrong price is worse than not starting.
public struct PriceCatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The row, if the fault lies in one.
    public let model: String?
    /// The field within it, `above100k.input`.
    public let field: String?
    /// What is wrong with it.
    public let reason: String

    /// One line for the operator.
    public var description: String {
        let place = [model, field].compactMap { $0 }.joined(separator: ", ")
        return "price list" + (place.isEmpty ? "" : " (" + place + ")") + ": " + reason
    }
}
