import Primitives
import Testing

@testable import Ledger

@Suite("The most a call can cost")
struct HoldBoundTests {
    /// A usage that such a request can meet, split over the classes at random.
    static func usage(withinInput inputTokens: Int64, output: Int64, _ draws: Draws) -> Usage {
        var left = draws.number(in: 0...inputTokens)
        func part() -> Int64 {
            let part = draws.number(in: 0...left)
            left -= part
            return part
        }
        let (read, five, hour) = (part(), part(), part())
        return Usage(
            input: left, output: draws.number(in: 0...output), cacheRead: read, cacheWrite5m: five, cacheWrite1h: hour)
    }

    @Test("No usage within the request costs more than the bound", arguments: [1, 2, 3] as [UInt64])
    func bound(seed: UInt64) throws {
        let catalogue = try PriceCatalogue.standard()
        let draws = Draws(seed: seed)
        for model in catalogue.models {
            let price = try catalogue.entry(for: model).price
            for _ in 0..<200 {
                let bytes = draws.number(in: 0...400_000)
                let images = draws.number(in: 0...3)
                let tools = draws.number(in: 0...9)
                let output = draws.number(in: 0...price.maxOutput)
                let plan = try draws.element(of: PaymentPlan.allCases)
                let bound = HoldBound(
                    price: price, plan: plan, requestBytes: Int(bytes), images: Int(images),
                    maximumToolCalls: Int(tools))
                let tokens =
                    bytes + images * HoldBound.tokensPerImage + HoldBound.providerPromptTokens
                let usage = HoldBoundTests.usage(withinInput: tokens, output: output, draws)
                let charge = Charge(
                    usage: usage, price: price, toolCalls: draws.number(in: 0...tools), plan: plan)
                #expect(
                    charge.amount <= bound.amount(outputTokens: output), "seed \(seed), \(model), \(usage), \(plan)")
            }
        }
    }

    @Test("The bound is met exactly when everything goes the dearest way")
    func tight() throws {
        let price = try PriceCatalogue.standard().entry(for: "claude-haiku-5-5").price
        let bytes = 100_000 - Int(HoldBound.providerPromptTokens)
        for (bytes, rate, outputRate) in [(bytes, 200_000, 500_000), (bytes + 1, 1_000_000, 2_500_000)] {
            let tokens = Int64(bytes) + HoldBound.providerPromptTokens
            let bound = HoldBound(price: price, plan: .operatorKey, requestBytes: bytes, maximumToolCalls: 2)
            let list = tokens * Int64(rate) + 1_000 * Int64(outputRate)
            #expect(
                bound.amount(outputTokens: 1_000) == Charge(listPico: list, toolCalls: 2, plan: .operatorKey).amount)
        }
    }

    @Test("An image counts as its constant")
    func images() throws {
        let price = try PriceCatalogue.standard().entry(for: "gpt-4.1").price
        let one = HoldBound(price: price, plan: .ownKey, requestBytes: 0, images: 1)
        let text = HoldBound(price: price, plan: .ownKey, requestBytes: Int(HoldBound.tokensPerImage))
        #expect(one == text)
    }

    @Test("max_tokens is cut to what the balance pays for, to the token", arguments: [1, 2, 3] as [UInt64])
    func affordable(seed: UInt64) throws {
        let catalogue = try PriceCatalogue.standard()
        let draws = Draws(seed: seed)
        for _ in 0..<2_000 {
            let price = try catalogue.entry(for: draws.element(of: catalogue.models)).price
            let bound = HoldBound(
                price: price, plan: try draws.element(of: PaymentPlan.allCases),
                requestBytes: Int(draws.number(in: 0...50_000)))
            let available = MicroUSDC(draws.number(in: 0...300_000))
            let requested = draws.number(in: 1...100_000)
            let wanted = min(requested, price.maxOutput)
            let least = min(wanted, HoldBound.minimumOutputTokens)
            do throws(InsufficientFunds) {
                let tokens = try bound.affordableOutputTokens(available: available, requested: requested)
                #expect((least...wanted).contains(tokens), "seed \(seed)")
                #expect(bound.amount(outputTokens: tokens) <= available, "seed \(seed)")
                #expect(tokens == wanted || bound.amount(outputTokens: tokens + 1) > available, "seed \(seed)")
            } catch {
                #expect(error.needed == bound.amount(outputTokens: least), "seed \(seed)")
                #expect(error.needed > available, "seed \(seed)")
            }
        }
    }

    @Test("At the smallest balance the shortest answer passes; one micro-USDC below, it is refused")
    func smallest() throws {
        let price = try PriceCatalogue.standard().entry(for: "sonnet").price
        let bound = HoldBound(price: price, plan: .ownKey, requestBytes: 1_000)
        let needed = bound.amount(outputTokens: HoldBound.minimumOutputTokens)
        for (available, tokens) in [(needed, 256), (needed + MicroUSDC(1), 257)] as [(MicroUSDC, Int64)] {
            #expect(try bound.affordableOutputTokens(available: available, requested: 4_096) == tokens)
        }
        let below = needed - MicroUSDC(1)
        #expect(throws: InsufficientFunds(available: below, needed: needed)) {
            try bound.affordableOutputTokens(available: below, requested: 4_096)
        }
        #expect(try bound.affordableOutputTokens(available: below, requested: 255) == 255)
        #expect(try bound.affordableOutputTokens(available: below, requested: -5) == 1)
        let rich = MicroUSDC.maximum
        #expect(try bound.affordableOutputTokens(available: rich, requested: .max) == price.maxOutput)
    }

    @Test("A model that costs nothing needs no money")
    func free() throws {
        let none = TokenRates(input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0)
        let price = ModelPrice(model: "m", provider: "p", base: none, maxInput: 1, maxOutput: 500)
        let bound = HoldBound(price: price, plan: .ownKey, requestBytes: 9)
        #expect(bound.amount(outputTokens: 500) == .zero)
        #expect(try bound.affordableOutputTokens(available: .zero, requested: 900) == 500)
    }
}
