import Testing

@testable import Ledger

@Suite("The states of a provider call")
struct CallProgressTests {
    static let events: [CallEvent] = [
        .sent, .started(Usage(input: 5, output: 1)), .streamed(outputBytes: 30),
        .finished(Usage(input: 5, output: 9), toolCalls: 1), .failed(code: "cut"),
    ]

    /// The whole table: which of the five events above may follow each state.
    static let legal: [CallState: [CallState]] = [
        .planned: [.sent, .failed],
        .sent: [.started, .final, .failed],
        .started: [.streaming, .final, .failed],
        .streaming: [.streaming, .final, .failed],
        .final: [],
        .failed: [],
    ]

    @Test("Every pair of state and event is either legal or refused without a trace", arguments: CallState.allCases)
    func table(state: CallState) throws {
        for event in CallProgressTests.events {
            var progress = CallProgress(state: state, reported: nil, outputBytes: 30, toolCalls: 0, failure: nil)
            let before = progress
            if try #require(CallProgressTests.legal[state]).contains(event.leadsTo) {
                try progress.apply(event)
                #expect(progress.state == event.leadsTo)
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
        for event in CallProgressTests.events.dropLast() { try progress.apply(event) }
        #expect(progress.state == .final && progress.state.hasEnded)
        #expect(progress.reported == Usage(input: 5, output: 9))
        #expect(progress.outputBytes == 30 && progress.toolCalls == 1)
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
