import Primitives

extension PriceCatalogue {
    /// A model id is shorter than this: the longest on sale has 30 characters.
    static let maximumModelLength = 128
    /// Thresholds are written in thousands; above this they are a slip of the pen.
    private static let maximumThresholdThousands: Int64 = 100_000

    /// Reads `{ "models": { id: { "provider", "input", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h",
    /// "maxInput", "maxOutput", "above272k": { ... }, "source", "deprecation" } } }`. Rates are whole micro-USD per
    /// million tokens; `input`, `output`, `maxInput` and `maxOutput` are needed; other members than these are refused,
    /// so that a misspelt price is not silently another one.
    ///
    /// A rate that the list leaves out: reading a cache costs what fresh input costs; writing one too; a one-hour write
    /// costs what a five-minute write costs. In a tier, what it leaves out keeps its proportion to the input rate.
    static func rows(fromJSON bytes: [UInt8]) throws(PriceCatalogueError) -> [ModelPrice] {
        let document: JSON
        do throws(JSONError) {
            document = try JSON(parsing: bytes)
        } catch {
            throw PriceCatalogueError(
                model: nil, field: nil, reason: "not JSON (\(error.reason.rawValue) at byte \(error.offset))")
        }
        guard let models = document["models"]?.members else {
            throw PriceCatalogueError(model: nil, field: "models", reason: "must be an object of models")
        }
        var rows: [ModelPrice] = []
        for model in models {
            rows.append(try PriceRowReader(model: model.name, row: model.value).read())
        }
        return rows
    }

    /// The threshold in tokens that a member name such as `above272k` states; nil for other names.
    static func threshold(ofMember name: String) -> Int64? {
        guard name.hasPrefix("above"), name.hasSuffix("k"), let thousands = Int64(name.dropFirst(5).dropLast(1)),
            (1...maximumThresholdThousands).contains(thousands)
        else { return nil }
        return thousands * 1_000
    }
}

/// Reads one row, naming row and field in every complaint.
private struct PriceRowReader {
    private static let plainMembers: Set = [
        "provider", "input", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h", "maxInput", "maxOutput", "source",
        "deprecation",
    ]
    private static let rateMembers: Set = ["input", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h"]

    let model: String
    let row: JSON

    func read() throws(PriceCatalogueError) -> ModelPrice {
        guard (1...PriceCatalogue.maximumModelLength).contains(model.utf8.count) else {
            throw fault(nil, "a model id has 1 to \(PriceCatalogue.maximumModelLength) characters")
        }
        guard let members = row.members else { throw fault(nil, "must be an object") }
        let base = try baseRates()
        var tiers: [ModelPrice.Tier] = []
        for member in members where !PriceRowReader.plainMembers.contains(member.name) {
            guard let threshold = PriceCatalogue.threshold(ofMember: member.name) else {
                throw fault(member.name, "is not a member of a price row")
            }
            let rates = try tierRates(member.value, named: member.name, over: base)
            tiers.append(ModelPrice.Tier(aboveTokens: threshold, rates: rates))
        }
        guard let provider = row["provider"]?.string, !provider.isEmpty else {
            throw fault("provider", "must name the provider")
        }
        return ModelPrice(
            model: model, provider: provider, base: base, tiers: tiers, maxInput: try tokenLimit("maxInput"),
            maxOutput: try tokenLimit("maxOutput"))
    }

    private func baseRates() throws(PriceCatalogueError) -> TokenRates {
        let input = try needed("input", of: row, path: "")
        let output = try needed("output", of: row, path: "")
        let cacheRead = try rate("cacheRead", of: row, path: "") ?? input
        let cacheWrite5m = try rate("cacheWrite5m", of: row, path: "") ?? input
        let cacheWrite1h = try rate("cacheWrite1h", of: row, path: "") ?? cacheWrite5m
        return TokenRates(
            input: input, output: output, cacheRead: cacheRead, cacheWrite5m: cacheWrite5m, cacheWrite1h: cacheWrite1h)
    }

    private func tierRates(_ tier: JSON, named name: String, over base: TokenRates) throws(PriceCatalogueError)
        -> TokenRates
    {
        guard let members = tier.members else { throw fault(name, "must be an object") }
        let path = name + "."
        for member in members where !PriceRowReader.rateMembers.contains(member.name) {
            throw fault(path + member.name, "is not a rate")
        }
        let input = try needed("input", of: tier, path: path)
        let output = try needed("output", of: tier, path: path)
        func inProportion(_ field: String, _ rate: Int64) throws(PriceCatalogueError) -> Int64 {
            if let stated = try self.rate(field, of: tier, path: path) { return stated }
            guard base.input > 0 else { return input }
            let scaled = (Int128(rate) * Int128(input) + Int128(base.input) - 1) / Int128(base.input)
            guard scaled <= Int128(ModelPrice.maximumPicoPerToken) else { throw fault(path + field, "must be stated") }
            return Int64(scaled)
        }
        return TokenRates(
            input: input, output: output, cacheRead: try inProportion("cacheRead", base.cacheRead),
            cacheWrite5m: try inProportion("cacheWrite5m", base.cacheWrite5m),
            cacheWrite1h: try inProportion("cacheWrite1h", base.cacheWrite1h))
    }

    private func needed(_ field: String, of object: JSON, path: String) throws(PriceCatalogueError) -> Int64 {
        guard let rate = try rate(field, of: object, path: path) else { throw fault(path + field, "is missing") }
        return rate
    }

    private func rate(_ field: String, of object: JSON, path: String) throws(PriceCatalogueError) -> Int64? {
        guard let value = object[field], !value.isNull else { return nil }
        guard let rate = value.integer, (0...ModelPrice.maximumPicoPerToken).contains(rate) else {
            throw fault(path + field, "must be a whole number, 0 to \(ModelPrice.maximumPicoPerToken)")
        }
        return rate
    }

    private func tokenLimit(_ field: String) throws(PriceCatalogueError) -> Int64 {
        guard let limit = row[field]?.integer, (1...Usage.maximumTokens).contains(limit) else {
            throw fault(field, "must be a whole number, 1 to \(Usage.maximumTokens)")
        }
        return limit
    }

    private func fault(_ field: String?, _ reason: String) -> PriceCatalogueError {
        PriceCatalogueError(model: model, field: field, reason: reason)
    }
}
