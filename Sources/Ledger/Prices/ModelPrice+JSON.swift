import Primitives

extension ModelPrice {
    /// The row as the price list writes it, every rate stated: what a call's record keeps.
    var snapshot: String {
        var members = base.members
        members.append(JSON.Member("provider", .string(provider)))
        members.append(JSON.Member("maxInput", .integer(maxInput)))
        members.append(JSON.Member("maxOutput", .integer(maxOutput)))
        for tier in tiers {
            members.append(JSON.Member("above\(tier.aboveTokens / 1_000)k", .object(tier.rates.members)))
        }
        return JSON.object([JSON.Member("models", .object([JSON.Member(model, .object(members))]))]).text
    }

    /// Reads a snapshot.
    init(snapshot: String) throws(LedgerError) {
        guard let rows = try? PriceCatalogue.rows(fromJSON: Array(snapshot.utf8)), let row = rows.first else {
            throw .brokenBook("a recorded price cannot be read")
        }
        self = row
    }
}

extension TokenRates {
    private static let names = ["input", "output", "cacheRead", "cacheWrite5m", "cacheWrite1h"]

    /// As members of a price row.
    var members: [JSON.Member] {
        zip(TokenRates.names, all).map { JSON.Member($0, .integer($1)) }
    }

    /// The rates as a small object: what a usage record keeps.
    var snapshot: String {
        JSON.object(members).text
    }

    /// Reads a snapshot.
    init(snapshot: String) throws(LedgerError) {
        let json = try? JSON(parsing: snapshot)
        let rates = TokenRates.names.compactMap { json?[$0]?.integer }
        guard rates.count == 5, rates.allSatisfy({ (0...ModelPrice.maximumPicoPerToken).contains($0) }) else {
            throw .brokenBook("recorded rates cannot be read")
        }
        self.init(
            input: rates[0], output: rates[1], cacheRead: rates[2], cacheWrite5m: rates[3], cacheWrite1h: rates[4])
    }
}
