import Primitives
import Testing

@testable import Agents

@Suite("The turns a process answers for")
struct TurnCensusTests {
    @Test("A wallet has so many turns at a time, and one more when one of them is gone")
    func perWallet() throws {
        let census = TurnCensus()
        for number in 1...TurnLimits.runningPerWallet { _ = try census.enter("call_\(number)", of: TestGateway.alice) }
        #expect(throws: ChatError.tooManyTurns) { try census.enter("call_x", of: TestGateway.alice) }
        _ = try census.enter("call_b", of: TestGateway.bob)
        census.keep("call_1")
        census.leave("call_1")
        #expect(throws: ChatError.tooManyTurns) { try census.enter("call_x", of: TestGateway.alice) }
        census.remove("call_1")
        _ = try census.enter("call_x", of: TestGateway.alice)
        census.leave("call_2")
        census.leave("call_2")
        _ = try census.enter("call_2", of: TestGateway.alice)
        #expect(throws: ChatError.tooManyTurns) { try census.enter("call_y", of: TestGateway.alice) }
        #expect(census.count == TurnLimits.runningPerWallet + 1)
    }

    @Test("All wallets together have so many turns at a time")
    func total() throws {
        let census = TurnCensus()
        for number in 1...TurnLimits.running { _ = try census.enter("call_\(number)", of: WalletID(Int64(number))) }
        #expect(throws: ChatError.busy) { try census.enter("call_x", of: WalletID(0)) }
        census.leave("call_1")
        _ = try census.enter("call_x", of: WalletID(0))
    }

    @Test("It is idle when no turn is under way, also while some wait to be written")
    func idle() async throws {
        let census = TurnCensus()
        for call in ["call_1", "call_2"] { _ = try census.enter(call, of: TestGateway.alice) }
        async let idle: Void = census.idle()
        census.keep("call_1")
        census.leave("call_2")
        await idle
        #expect(census.holds("call_1") && !census.holds("call_2"))
    }

    @Test("An interrupt stops what runs, for the first reason given, and lets nothing begin")
    func interrupt() throws {
        let census = TurnCensus()
        let running = try census.enter("call_1", of: TestGateway.alice)
        let left = try census.enter("call_2", of: TestGateway.alice)
        left.stop(.clientLeft)
        census.interrupt()
        #expect(running.reason == .interrupted && left.reason == .clientLeft)
        #expect(throws: ChatError.shuttingDown) { try census.enter("call_3", of: TestGateway.alice) }
    }
}
