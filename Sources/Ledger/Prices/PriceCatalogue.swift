/// The price list: the models that can be charged for. What is not on it is refused, never billed at nothing.
public struct PriceCatalogue: Hashable, Sendable {
    /// A model found on the list.
    public struct Entry: Hashable, Sendable {
        /// The id to send to the provider: the catalogue's own, or the dated one that was asked for.
        public let upstreamModel: String
        /// Its prices.
        public let price: ModelPrice
    }

    /// The model is not on the list.
    public struct UnknownModel: Error, Hashable, Sendable {
        /// What was asked for.
        public let model: String
    }

    private var prices: [String: ModelPrice]

    /// A list of these rows; of two with one id the later stands.
    public init(_ rows: [ModelPrice]) {
        prices = Dictionary(rows.map { ($0.model, $0) }, uniquingKeysWith: { _, later in later })
    }

    /// The list that is compiled in, with the operator's rows on top (the same JSON form; a row replaces or adds a
    /// whole model).
    /// - Throws: `PriceCatalogueError`, naming the model and the field.
    public static func standard(operatorRows: [UInt8]? = nil) throws(PriceCatalogueError) -> PriceCatalogue {
        var rows = try rows(fromJSON: Array(embeddedText.utf8))
        if let operatorRows { rows += try self.rows(fromJSON: operatorRows) }
        return PriceCatalogue(rows)
    }

    /// The ids on the list, sorted.
    public var models: [String] {
        prices.keys.sorted()
    }

    /// Finds a model by its id, by an alias, or by its id with a date.
    /// - Throws: `UnknownModel`.
    public func entry(for model: String) throws(UnknownModel) -> Entry {
        if let price = prices[model] { return Entry(upstreamModel: model, price: price) }
        if let id = ModelAliases.current[model], let price = prices[id] {
            return Entry(upstreamModel: id, price: price)
        }
        if let id = ModelAliases.withoutDate(model), let price = prices[id] {
            return Entry(upstreamModel: model, price: price)
        }
        throw UnknownModel(model: model)
    }
}
