import Primitives
import Testing

@testable import Ledger

@Suite("What a call costs")
struct ChargeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        let model: String
        let usage: Usage
        let toolCalls: Int64
        let listPico: Int64
        let listMicro: Int64
        let ownKeyMicro: Int64
        let operatorMicro: Int64

        var testDescription: String { id }
    }

    static func cases() throws -> [Case] {
        try #require(try VectorFiles.json("cost.json")["cases"]?.array).map { row in
            func number(_ name: String, in object: JSON?) throws -> Int64 { try #require(object?[name]?.integer) }
            let usage = Usage(
                input: try number("input", in: row["usage"]), output: try number("output", in: row["usage"]),
                cacheRead: try number("cacheRead", in: row["usage"]),
                cacheWrite5m: try number("cacheWrite5m", in: row["usage"]))
            return Case(
                id: try #require(row["id"]?.string), model: try #require(row["model"]?.string), usage: usage,
                toolCalls: try number("toolCalls", in: row), listPico: try number("basePicoUsd", in: row),
                listMicro: try number("baseMicroUsdCeil", in: row), ownKeyMicro: try number("byokMicroUsd", in: row),
                operatorMicro: try number("internalMicroUsd", in: row))
        }
    }

    @Test("Every case of the shared vectors, to the pico and to the micro")
    func vectors() throws {
        let catalogue = try PriceCatalogue.standard()
        let cases = try ChargeTests.cases()
        #expect(cases.count == 12)
        for row in cases {
            let price = try catalogue.entry(for: row.model).price
            let ownKey = Charge(usage: row.usage, price: price, toolCalls: row.toolCalls, plan: .ownKey)
            let operated = Charge(usage: row.usage, price: price, toolCalls: row.toolCalls, plan: .operatorKey)
            #expect(ownKey.listPico == row.listPico, "\(row.id)")
            #expect((row.listPico + 999_999) / 1_000_000 == row.listMicro, "\(row.id)")
            #expect(ownKey.amount == MicroUSDC(row.ownKeyMicro), "\(row.id)")
            #expect(operated.amount == MicroUSDC(row.operatorMicro), "\(row.id)")
        }
    }

    @Test(
        "The only rounding is at the end, and up",
        arguments: [
            (0, 0, 0), (1, 0, 1), (9_999_999, 0, 1), (10_000_000, 0, 1), (10_000_001, 0, 2), (0, 1, 500), (1, 1, 501),
            (10_000_000, 3, 1_501),
        ] as [(Int64, Int64, Int64)])
    func rounding(listPico: Int64, toolCalls: Int64, micro: Int64) {
        #expect(Charge(listPico: listPico, toolCalls: toolCalls, plan: .ownKey).amount == MicroUSDC(micro))
    }

    @Test("The dearest usage at the dearest price still fits")
    func largest() {
        let most = ModelPrice.maximumPicoPerToken
        let rates = TokenRates(input: most, output: most, cacheRead: most, cacheWrite5m: most, cacheWrite1h: most)
        let tokens = Usage.maximumTokens
        let usage = Usage(
            input: tokens, output: tokens, cacheRead: tokens, cacheWrite5m: tokens, cacheWrite1h: tokens)
        #expect(rates.listPico(of: usage) == 5_000_000_000_000_000_000)
        let charge = Charge(listPico: .max, toolCalls: .max, plan: .operatorKey)
        #expect(charge.toolCalls == Charge.maximumToolCalls)
        #expect(charge.amount < MicroUSDC.maximum)
    }

    @Test(
        "Token counts outside the limits are drawn to them",
        arguments: [
            (-1, 0), (0, 0), (1, 1), (Usage.maximumTokens - 1, Usage.maximumTokens - 1),
            (Usage.maximumTokens, Usage.maximumTokens), (Usage.maximumTokens + 1, Usage.maximumTokens),
            (.max, Usage.maximumTokens), (.min, 0),
        ] as [(Int64, Int64)])
    func clamping(reported: Int64, kept: Int64) {
        let usage = Usage(
            input: reported, output: reported, cacheRead: reported, cacheWrite5m: reported, cacheWrite1h: reported)
        #expect([usage.input, usage.output, usage.cacheRead] == [kept, kept, kept])
        #expect([usage.cacheWrite5m, usage.cacheWrite1h] == [kept, kept])
    }
}
