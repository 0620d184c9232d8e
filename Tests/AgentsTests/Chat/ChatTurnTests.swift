import Primitives
import Testing

@testable import Agents

@Suite("What a turn decides")
struct ChatTurnTests {
    private static let usage = TokenUsage(freshInput: 20, output: 1)
    private static let final = TokenUsage(freshInput: 20, output: 9)
    private static let charge = TurnCharge(
        cost: MicroUSDC(123), availableAfter: MicroUSDC(9_877),
        usage: TokenUsage(freshInput: 20, cacheRead: 3, output: 9))

    private func started() -> ChatTurn {
        var turn = ChatTurn(modelID: "m")
        #expect(
            turn.on(.provider(.started(model: "m-1", usage: Self.usage)))
                == [.journal(TurnProgress(model: "m-1", usage: Self.usage))])
        return turn
    }

    private func report(
        _ ending: TurnEnding, _ usage: TokenUsage? = usage, bytes: Int = 0, final: Bool = false
    ) -> TurnReport {
        TurnReport(
            progress: TurnProgress(model: "m-1", usage: usage, outputBytes: bytes), usageIsFinal: final, ending: ending)
    }

    @Test("A whole answer is passed on, noted, charged by the final usage, and done after that")
    func whole() {
        var turn = started()
        #expect(
            turn.on(.provider(.thinking("Oh"))) == [
                .emit(.thinking("Oh")), .journal(TurnProgress(model: "m-1", usage: Self.usage, outputBytes: 2)),
            ])
        #expect(
            turn.on(.provider(.text("Grüezi"))) == [
                .emit(.text("Grüezi")), .journal(TurnProgress(model: "m-1", usage: Self.usage, outputBytes: 9)),
            ])
        #expect(turn.on(.provider(.usage(Self.final))).isEmpty)
        #expect(turn.on(.provider(.stopped(.endTurn))).isEmpty)
        #expect(turn.on(.provider(.finished)) == [.settle(report(.finished, Self.final, bytes: 9, final: true))])
        #expect(turn.answer == "Grüezi")
        #expect(
            turn.on(.settled(Self.charge)) == [
                .emit(
                    .done(
                        TurnSummary(
                            model: "m", cost: MicroUSDC(123), balanceRemaining: MicroUSDC(9_877), inputTokens: 23,
                            outputTokens: 9)))
            ])
        #expect(turn.state == .ended)
    }

    @Test("What fails before it started gives the money back")
    func refused() {
        for fault in ProviderFault.allCases {
            var turn = ChatTurn(modelID: "m")
            #expect(turn.on(.provider(.failed(fault))) == [.release(ProviderRefusal(fault))])
            #expect(turn.state == .ended)
        }
        var left = ChatTurn(modelID: "m")
        #expect(left.on(.stopped(.clientLeft)) == [.cancelUpstream, .release(.cancelled)])
        var odd = ChatTurn(modelID: "m")
        #expect(odd.on(.provider(.text("x"))) == [.cancelUpstream, .release(.unavailable)])
    }

    @Test("What breaks later is charged, and the client is told with a code")
    func broken() {
        for fault in ProviderFault.allCases {
            var turn = started()
            _ = turn.on(.provider(.text("four")))
            let ending = TurnEnding.provider(fault)
            #expect(
                turn.on(.provider(.failed(fault))) == [.cancelUpstream, .settle(report(ending, bytes: 4))])
            #expect(turn.on(.settled(Self.charge)) == [.emit(.error(code: ending.code, message: ending.message))])
        }
    }

    @Test("A client that leaves stops the provider, is charged, and is told nothing more")
    func clientLeft() {
        var turn = started()
        _ = turn.on(.provider(.text("four")))
        #expect(turn.on(.stopped(.clientLeft)) == [.cancelUpstream, .settle(report(.clientLeft, bytes: 4))])
        #expect(turn.on(.stopped(.clientLeft)).isEmpty)
        #expect(turn.on(.settled(Self.charge)).isEmpty)
        #expect(turn.state == .ended)
    }

    @Test(
        "A turn that is stopped otherwise stops the provider, is charged, and its client is told why",
        arguments: [(TurnStop.Reason.timeLimit, "turn_time_limit"), (.interrupted, "interrupted")])
    func stopped(reason: TurnStop.Reason, code: String) {
        var turn = started()
        _ = turn.on(.provider(.text("four")))
        let ending = TurnEnding(reason)
        #expect(turn.on(.stopped(reason)) == [.cancelUpstream, .settle(report(ending, bytes: 4))])
        #expect(turn.on(.settled(Self.charge)) == [.emit(.error(code: code, message: ending.message))])
        var early = ChatTurn(modelID: "m")
        #expect(early.on(.stopped(reason)) == [.cancelUpstream, .release(.unavailable)])
    }

    @Test("An answer at the output limit is passed on; one byte more ends the turn, charged")
    func outputLimit() {
        for excess in [-1, 0, 1] {
            var turn = started()
            let piece = String(repeating: "x", count: TurnLimits.outputBytes - 1)
            _ = turn.on(.provider(.text(piece)))
            let actions = turn.on(.provider(.thinking(String(repeating: "y", count: 1 + excess))))
            if excess <= 0 {
                #expect(turn.state == .streaming)
            } else {
                #expect(
                    actions == [.cancelUpstream, .settle(report(.outputLimit, bytes: TurnLimits.outputBytes + 1))])
            }
        }
    }

    @Test("A usage is final when it came last and the model had stopped")
    func finality() {
        let cases: [([ProviderEvent], Bool)] = [
            ([.finished], false),
            ([.usage(Self.final), .finished], true),
            ([.usage(Self.final), .stopped(.endTurn), .failed(.cut)], true),
            ([.stopped(.endTurn), .usage(Self.final), .failed(.cut)], true),
            ([.usage(Self.final), .failed(.cut)], false),
            ([.stopped(.endTurn), .failed(.cut)], false),
            ([.usage(Self.final), .stopped(.endTurn), .text("x"), .failed(.cut)], false),
            ([.usage(Self.final), .text("x"), .finished], false),
        ]
        for (events, isFinal) in cases {
            var turn = started()
            let actions = events.flatMap { turn.on(.provider($0)) }
            guard case .settle(let report)? = actions.last else {
                Issue.record("\(events) did not settle")
                continue
            }
            #expect(report.usageIsFinal == isFinal, "\(events)")
        }
    }

    @Test("A charge that cannot be written is said so; a second start is out of order")
    func odd() {
        var turn = started()
        _ = turn.on(.provider(.finished))
        guard case .emit(.error(let code, _))? = turn.on(.notSettled).first else {
            Issue.record("no error")
            return
        }
        #expect(code == "not_recorded")
        var twice = started()
        #expect(
            twice.on(.provider(.started(model: nil, usage: nil)))
                == [.cancelUpstream, .settle(report(.provider(.outOfOrder)))])
    }

    @Test("However events come, a started turn settles exactly once and an unstarted one is released once")
    func drawn() {
        let choices: [ChatTurn.Event] = [
            .provider(.started(model: nil, usage: nil)), .provider(.text("x")), .provider(.thinking("x")),
            .provider(.usage(Self.final)), .provider(.stopped(.endTurn)), .provider(.finished),
            .provider(.failed(.cut)),
            .stopped(.clientLeft), .stopped(.timeLimit), .stopped(.interrupted), .settled(Self.charge), .notSettled,
        ]
        for seed in UInt64(0)..<200 {
            var turn = ChatTurn(modelID: "m")
            var settles = 0
            var releases = 0
            for byte in SeededRandom(seed: seed).bytes(60) {
                let before = turn.state
                for action in turn.on(choices[Int(byte) % choices.count]) {
                    if case .settle = action { settles += 1 }
                    if case .release = action { releases += 1 }
                }
                if before == .ended { #expect(turn.state == .ended) }
            }
            #expect(settles + releases == 1, "seed \(seed)")
            #expect(settles == 1 || turn.answer.isEmpty, "seed \(seed)")
        }
    }
}
