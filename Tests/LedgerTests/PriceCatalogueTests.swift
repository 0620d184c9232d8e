import Foundation
import Primitives
import Testing

@testable import Ledger

@Suite("The price list")
struct PriceCatalogueTests {
    let catalogue: PriceCatalogue

    init() throws {
        catalogue = try PriceCatalogue.standard()
    }

    @Test("What is compiled in is catalogue.json, byte for byte")
    func embedded() throws {
        let file = try VectorFiles.bytes(at: "../../Sources/Ledger/Prices/catalogue.json")
        #expect(Array(PriceCatalogue.embeddedText.utf8) == file)
    }

    @Test("It holds all 47 models, each with a price for input and output")
    func complete() throws {
        #expect(catalogue.models.count == 47)
        for model in catalogue.models {
            let price = try catalogue.entry(for: model).price
            #expect(price.base.input > 0 && price.base.output > 0, "\(model)")
        }
    }

    @Test("An alias stands for the newest model of its family", arguments: ["haiku", "sonnet", "opus"])
    func aliases(family: String) throws {
        func version(_ model: String) -> [Int] { model.split(separator: "-").dropFirst(2).compactMap { Int($0) } }
        let newest = catalogue.models.filter { $0.hasPrefix("claude-\(family)-") }
            .max { version($0).lexicographicallyPrecedes(version($1)) }
        let entry = try catalogue.entry(for: family)
        #expect(entry.upstreamModel == newest)
        #expect(entry.price.model == newest)
        #expect(ModelAliases.current.count == 3)
    }

    @Test("A dated id has the undated price and goes upstream as it was asked for")
    func dated() throws {
        let entry = try catalogue.entry(for: "claude-haiku-4-5-20251001")
        #expect(entry.upstreamModel == "claude-haiku-4-5-20251001")
        #expect(entry.price.model == "claude-haiku-4-5")
    }

    @Test(
        "An unknown model is refused, never billed at nothing",
        arguments: [
            "", "claude", "claude-fable-5-2", "Haiku", "haiku-20251001", "claude-haiku-4-5-2025100",
            "claude-haiku-4-5-202510011", "claude-haiku-4-5-20251301", "claude-haiku-4-5-20251032",
            "claude-haiku-4-5-19991001", "claude-haiku-4-5-2025-10-01", "claude-haiku-4-5-20251001-20251001",
            "claude-haiku-4-5 ", "claude--20251001", "gpt-4o-20240513", "gpt-4o-2024-05-13", "-20251001",
        ])
    func unknown(model: String) {
        #expect(throws: PriceCatalogue.UnknownModel(model: model)) { try catalogue.entry(for: model) }
    }

    @Test("A long request is repriced as a whole, from the first token above the threshold")
    func tiers() throws {
        let price = try catalogue.entry(for: "claude-haiku-5-5").price
        #expect(price.rates(forInputSide: 99_999).input == 100_000)
        #expect(price.rates(forInputSide: 100_000).input == 100_000)
        #expect(price.rates(forInputSide: 100_001).input == 500_000)
        let cached = Usage(input: 1, output: 10, cacheRead: 50_000, cacheWrite5m: 50_000)
        #expect(price.listPico(of: cached) == 500_000 + 10 * 2_500_000 + 50_000 * 50_000 + 50_000 * 625_000)
    }

    @Test("A rate that the list leaves out is never nothing")
    func missingRates() throws {
        let plain = try catalogue.entry(for: "gpt-5.5-pro").price
        #expect(plain.base.cacheRead == 30_000_000 && plain.base.cacheWrite1h == 30_000_000)
        #expect(plain.rates(forInputSide: 272_001).cacheRead == 60_000_000)
        let oneHour = try catalogue.entry(for: "gpt-5.6").price
        #expect(oneHour.base.cacheWrite1h == oneHour.base.cacheWrite5m)
        let haiku = try catalogue.entry(for: "claude-haiku-5-5").price
        #expect(haiku.rates(forInputSide: 100_001).cacheWrite1h == 1_000_000, "twice the tier's input, as below it")
    }

    @Test("The operator's rows replace and add models")
    func operatorRows() throws {
        let rows = """
            {"models": {
              "claude-haiku-5-5": {"provider": "anthropic", "input": 7, "output": 8, "maxInput": 9, "maxOutput": 10},
              "local-model": {"provider": "local", "input": 0, "output": 0, "maxInput": 1, "maxOutput": 1}}}
            """
        let own = try PriceCatalogue.standard(operatorRows: Array(rows.utf8))
        #expect(own.models.count == 48)
        #expect(try own.entry(for: "haiku").price.base.output == 8)
        #expect(try own.entry(for: "haiku").price.tiers.isEmpty)
        #expect(try own.entry(for: "local-model").price.maxOutput == 1)
    }

    static let badRows: [(row: String, field: String?)] = [
        ("7", nil), ("{}", "input"), (#"{"input": 1}"#, "output"), (#"{"input": -1, "output": 1}"#, "input"),
        (#"{"input": 1.5, "output": 1}"#, "input"), (#"{"input": "1", "output": 1}"#, "input"),
        (#"{"input": 10000000001, "output": 1}"#, "input"), (#"{"input": 1, "output": 1}"#, "provider"),
        (#"{"provider": "", "input": 1, "output": 1}"#, "provider"),
        (#"{"provider": "p", "input": 1, "output": 1, "maxOutput": 1}"#, "maxInput"),
        (#"{"provider": "p", "input": 1, "output": 1, "maxInput": 0, "maxOutput": 1}"#, "maxInput"),
        (#"{"provider": "p", "input": 1, "output": 1, "maxInput": 1, "maxOutput": 100000001}"#, "maxOutput"),
        (#"{"input": 1, "output": 1, "cacheread": 1}"#, "cacheread"),
        (#"{"input": 1, "output": 1, "cacheRead": true}"#, "cacheRead"),
        (#"{"input": 1, "output": 1, "above0k": {}}"#, "above0k"),
        (#"{"input": 1, "output": 1, "above100": {}}"#, "above100"),
        (#"{"input": 1, "output": 1, "above100k": 1}"#, "above100k"),
        (#"{"input": 1, "output": 1, "above100k": {"output": 1}}"#, "above100k.input"),
        (#"{"input": 1, "output": 1, "above100k": {"input": 1, "output": 1, "x": 1}}"#, "above100k.x"),
        (
            #"{"input": 1, "output": 1, "cacheRead": 9, "above100k": {"input": 9000000000, "output": 1}}"#,
            "above100k.cacheRead"
        ),
    ]

    @Test("A bad row is refused by model and field", arguments: badRows)
    func bad(row: String, field: String?) {
        let text = #"{"models": {"some-model": \#(row)}}"#
        let error = #expect(throws: PriceCatalogueError.self) {
            try PriceCatalogue.standard(operatorRows: Array(text.utf8))
        }
        #expect(error?.model == "some-model")
        #expect(error?.field == field)
        #expect(error?.description.hasPrefix("price list (some-model") == true)
    }

    @Test("A bad document is refused", arguments: ["", "[]", "{}", #"{"models": []}"#, #"{"models": {"a":1,"a":2}}"#])
    func badDocument(text: String) {
        #expect(throws: PriceCatalogueError.self) { try PriceCatalogue.standard(operatorRows: Array(text.utf8)) }
    }

    @Test("The limits of a row hold to the unit")
    func limits() throws {
        func row(id: String, rate: Int64, tokens: Int64) -> [UInt8] {
            let row = #"{"provider":"p","input":\#(rate),"output":0,"maxInput":\#(tokens),"maxOutput":\#(tokens)}"#
            return Array(#"{"models":{"\#(id)":\#(row)}}"#.utf8)
        }
        let rate = ModelPrice.maximumPicoPerToken
        let id = String(repeating: "m", count: PriceCatalogue.maximumModelLength)
        for rate in [rate - 1, rate] {
            #expect(throws: Never.self) {
                try PriceCatalogue.rows(fromJSON: row(id: id, rate: rate, tokens: Usage.maximumTokens))
            }
        }
        for bad in [
            row(id: id, rate: rate + 1, tokens: 1), row(id: id, rate: 1, tokens: Usage.maximumTokens + 1),
            row(id: id + "m", rate: 1, tokens: 1), row(id: "", rate: 1, tokens: 1), row(id: id, rate: 1, tokens: 0),
        ] {
            #expect(throws: PriceCatalogueError.self) { try PriceCatalogue.rows(fromJSON: bad) }
        }
    }
}
