import Testing

@testable import Ledger

@Suite("The states of a provider call")
struct CallProgressTests {
    static let sent = CallEvent.sent
    static let started = CallEvent.started(Usage(input: 5, output: 1))
    static let streamed = CallEvent.streamed(outputBytes: 30)
    static let reported = CallEvent.reported(Usage(input: 5, output: 6))
    static let finished = CallEvent.finished(Usage(input: 5, output: 9), toolCalls: 1)
    static let answered = CallEvent.answered
    static let failed = CallEvent.failed(code: "cut")
    static let events = [sent, started, streamed, reported, finished, answered, failed]

    /// The whole table: which of the events above may happen in each state, and where they lead.
    static let legal: [CallState: [CallEvent: CallState]] = [
        .planned: [sent: .sent, failed: .failed],
        .sent: [started: .started, finished: .final, answered: .answered, failed: .failed],
        .started: [
            streamed: .streaming, reported: .started, finished: .final, answered: .answered, failed: .failed,
        ],
        .streaming: [
            streamed: .streaming, reported: .streaming, finished: .final, answered: .answered, failed: .failed,
        ],
        .final: [:],
        .answered: [:],
        .failed: [:],
    ]

    @Test("Every pair of state and event is either legal or refused without a trace", arguments: CallState.allCases)
    func table(state: CallState) throws {
        for event in CallProgressTests.events {
            var progress = CallProgress(state: state, reported: nil, outputBytes: 30, toolCalls: 0, failure: nil)
            let before = progress
            if let next = try #require(CallProgressTests.legal[state])[event] {
                try progress.apply(event)
                #expect(progress.state == next)
            } else {
                #expect(throws: IllegalTransition(state: state, event: event)) { try progress.apply(event) }
                #expect(progress == before)
            }
        }
    }

    @Test("A whole call, event by event")
    func whole() throws {
        var progress = CallProgress()
        #expect(progress.state == .planned && progress.reported == nil)
        for event in CallProgressTests.events.prefix(5) { try progress.apply(event) }
        #expect(progress.state == .final && progress.state.hasEnded)
        #expect(progress.reported == Usage(input: 5, output: 9))
        #expect(progress.outputBytes == 30 && progress.toolCalls == 1)
    }

    @Test("Of cumulative reports the larger count of each class stands, whichever came first")
    func reports() throws {
        let first = Usage(input: 50, output: 2, cacheRead: 7)
        let second = Usage(input: 40, output: 90, cacheRead: 9, cacheWrite5m: 3, cacheWrite1h: 4)
        let both = Usage(input: 50, output: 90, cacheRead: 9, cacheWrite5m: 3, cacheWrite1h: 4)
        for (earlier, later) in [(first, second), (second, first)] {
            var progress = CallProgress()
            for event in [CallEvent.sent, .started(earlier), .reported(later)] { try progress.apply(event) }
            #expect(progress.reported == both)
        }
        #expect(first.combined(with: nil) == first)
    }

    static let malformed: [CallEvent] = [
        .streamed(outputBytes: 99), .streamed(outputBytes: -1), .finished(Usage(), toolCalls: -1),
        .finished(Usage(), toolCalls: Charge.maximumToolCalls + 1), .failed(code: ""), .failed(code: "two words"),
        .failed(code: String(repeating: "x", count: CallProgress.maximumCodeLength + 1)),
    ]

    @Test("A stream never shrinks, counts are not negative, a code is short and plain", arguments: malformed)
    func malformedEvents(event: CallEvent) {
        var progress = CallProgress(state: .streaming, reported: Usage(), outputBytes: 100, toolCalls: 0, failure: nil)
        #expect(throws: IllegalTransition(state: .streaming, event: event)) { try progress.apply(event) }
    }

    static let atTheLimit: [CallEvent] = [
        .streamed(outputBytes: 100), .streamed(outputBytes: 101), .finished(Usage(), toolCalls: 0),
        .finished(Usage(), toolCalls: Charge.maximumToolCalls), .failed(code: "x"),
        .failed(code: String(repeating: "x", count: CallProgress.maximumCodeLength)),
    ]

    @Test("What lies just within the limits is taken", arguments: atTheLimit)
    func limits(event: CallEvent) {
        var progress = CallProgress(state: .streaming, reported: Usage(), outputBytes: 100, toolCalls: 0, failure: nil)
        #expect(throws: Never.self) { try progress.apply(event) }
    }
}
