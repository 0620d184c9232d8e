public import Primitives

/// What a gift of the faucet came to.
public struct FaucetReceipt: Hashable, Sendable {
    /// The transfer.
    public let id: String
    /// What was given.
    public let amount: MicroUSDC
    /// What the wallet could spend right after it.
    public let available: MicroUSDC
}

extension FaucetReceipt {
    /// As it is kept with its request.
    var stored: [UInt8] {
        let json: JSON = [
            "id": .string(id), "amount": .string(amount.baseUnits), "available": .string(available.baseUnits),
        ]
        return json.bytes
    }

    /// Reads what `stored` wrote.
    /// - Throws: `LedgerError.brokenBook`.
    init(stored: [UInt8]) throws(LedgerError) {
        guard let json = try? JSON(parsing: stored), let id = json["id"]?.string,
            let amount = json["amount"]?.string.flatMap({ MicroUSDC(baseUnits: $0) }),
            let available = json["available"]?.string.flatMap({ MicroUSDC(baseUnits: $0) })
        else { throw .brokenBook("the receipt kept for a faucet request cannot be read") }
        self.init(id: id, amount: amount, available: available)
    }
}
