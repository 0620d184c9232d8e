import Testing

@testable import Ledger

@Suite("What an ended call is charged for")
struct SettlementRuleTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let state: CallState
        var reported: Usage?
        var bytes: Int64 = 0
        let decision: SettlementRule.Decision
    }

    static let first = Usage(input: 50, output: 2, cacheRead: 7, cacheWrite5m: 3, cacheWrite1h: 1)

    static func estimate(_ output: Int64) -> SettlementRule.Decision { .charge(first.withOutput(output), .estimated) }

    static let maximumOutput: Int64 = 1_000
    static let atMost = estimate(maximumOutput)

    static let cases: [Case] = [
        Case(testDescription: "died before it was sent", state: .planned, decision: .release),
        Case(testDescription: "sent, never answered", state: .sent, decision: .release),
        Case(testDescription: "refused by the provider", state: .failed, decision: .release),
        Case(
            testDescription: "answered whole", state: .final, reported: first, bytes: 999,
            decision: .charge(first, .reported)),
        Case(
            testDescription: "answered without a word of usage", state: .answered, bytes: 30,
            decision: .charge(Usage(output: 10), .estimated)),
        Case(
            testDescription: "answered with nothing at all", state: .answered,
            decision: .charge(Usage(), .estimated)),
        Case(
            testDescription: "answered without its last report", state: .answered, reported: first, bytes: 30,
            decision: estimate(10)),
        Case(testDescription: "started, no text", state: .started, reported: first, decision: estimate(2)),
        Case(testDescription: "failed after the start", state: .failed, reported: first, decision: estimate(2)),
        Case(testDescription: "1 byte", state: .streaming, reported: first, bytes: 1, decision: estimate(2)),
        Case(
            testDescription: "6 bytes are as much as reported", state: .streaming, reported: first, bytes: 6,
            decision: estimate(2)),
        Case(
            testDescription: "7 bytes are a third token", state: .streaming, reported: first, bytes: 7,
            decision: estimate(3)),
        Case(
            testDescription: "9 bytes are three tokens", state: .failed, reported: first, bytes: 9,
            decision: estimate(3)),
        Case(testDescription: "10 bytes are four", state: .failed, reported: first, bytes: 10, decision: estimate(4)),
        Case(
            testDescription: "a token below max_tokens", state: .failed, reported: first, bytes: 2_997,
            decision: estimate(999)),
        Case(testDescription: "just max_tokens", state: .failed, reported: first, bytes: 3_000, decision: atMost),
        Case(testDescription: "above max_tokens", state: .failed, reported: first, bytes: 3_001, decision: atMost),
        Case(testDescription: "an absurd count", state: .streaming, reported: first, bytes: .max, decision: atMost),
        Case(
            testDescription: "a report above max_tokens is believed all the same", state: .failed,
            reported: first.withOutput(1_001), bytes: .max, decision: estimate(1_001)),
    ]

    @Test("By what was recorded", arguments: cases)
    func rule(row: Case) {
        let progress = CallProgress(
            state: row.state, reported: row.reported, outputBytes: row.bytes, toolCalls: 0, failure: nil)
        let maximum = SettlementRuleTests.maximumOutput
        #expect(SettlementRule.decision(for: progress, maximumOutput: maximum) == row.decision)
    }
}
