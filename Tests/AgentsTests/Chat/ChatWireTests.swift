import HTTPTypes
import Primitives
import Testing

@testable import Agents

@Suite("What a chat client reads")
struct ChatWireTests {
    private let summary = TurnSummary(
        model: "claude-haiku-4-5", cost: MicroUSDC(123), balanceRemaining: MicroUSDC(12_499_877), inputTokens: 25,
        outputTokens: 15)

    @Test("Events are type and data, text a bare string, without an event name")
    func events() {
        let cases: [(TurnEvent, String)] = [
            (.text("Hi \"you\"\n"), #"{"type":"text","data":"Hi \"you\"\n"}"#),
            (.thinking("hm"), #"{"type":"thinking","data":"hm"}"#),
            (
                .done(summary),
                #"{"type":"done","data":{"model":"claude-haiku-4-5","cost":"$0.000123","costRaw":"123","#
                    + #""balanceRemaining":"12499877","usage":{"inputTokens":25,"outputTokens":15},"toolCallCount":0}}"#
            ),
            (
                .error(code: "provider_cut", message: "It broke."),
                #"{"type":"error","data":{"code":"provider_cut","message":"It broke."}}"#
            ),
        ]
        for (event, text) in cases {
            #expect(event.json.text == text)
            #expect(event.serverSentEvent == ServerSentEvent(data: text))
        }
    }

    @Test("An outcome is read back as it was stored, and nothing else is read")
    func outcomes() {
        for outcome in [
            TurnOutcome(answerSequence: 4, end: .done(summary)),
            TurnOutcome(answerSequence: nil, end: .error(code: "provider_cut", message: "It broke.")),
        ] {
            #expect(TurnOutcome(outcome.bytes) == outcome)
        }
        for text in [
            "", "{}", #"{"v":2,"answer":1,"end":{"type":"done","data":{}}}"#,
            #"{"v":1,"answer":1,"end":{"type":"done","data":{}}}"#,
            #"{"v":1,"answer":1,"end":{"type":"text","data":"x"}}"#,
            #"{"v":1,"end":{"type":"error","data":{"code":"x"}}}"#,
        ] {
            #expect(TurnOutcome(Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test("Refusals have stable codes and statuses; 401 is not among them")
    func refusals() {
        let table: [(ChatError, Int, String)] = [
            (.agentNotFound, 404, "agent_not_found"), (.sessionNotFound, 404, "session_not_found"),
            (.tooManySessions, 409, "too_many_sessions"), (.sessionFull, 409, "session_full"),
            (.emptyMessage, 400, "empty_message"), (.messageTooLong, 413, "message_too_long"),
            (.invalidOutputLimit, 400, "invalid_output_limit"),
            (.invalidIdempotencyKey, 400, "invalid_idempotency_key"), (.unknownModel, 400, "unknown_model"),
            (.unknownEngine, 400, "unknown_engine"), (.missingSecrets(isLocked: false), 400, "missing_secrets"),
            (.missingSecrets(isLocked: true), 400, "missing_secrets"),
            (.insufficientBalance(available: .zero, needed: MicroUSDC(1)), 402, "insufficient_balance"),
            (.turnInProgress, 409, "turn_in_progress"), (.idempotencyConflict, 409, "idempotency_conflict"),
            (.idempotencyInProgress, 409, "idempotency_in_progress"),
            (.provider(.keyRejected), 424, "provider_key_rejected"),
            (.provider(.rateLimited(retryAfterSeconds: 7)), 429, "provider_rate_limited"),
            (.provider(.unavailable), 503, "provider_unavailable"),
            (.provider(.requestRefused), 422, "provider_request_refused"),
            (.tooManyTurns, 429, "too_many_turns"), (.busy, 503, "busy"),
            (.secretReleaseBlocked, 503, "secret_release_blocked"),
            (.secretMemoryFull, 503, "secret_memory_full"), (.shuttingDown, 503, "shutting_down"),
            (.storageUnavailable, 503, "storage_unavailable"), (.unexpected, 500, "internal_error"),
        ]
        for (error, status, code) in table {
            #expect(error.status == status && error.code == code, "\(error)")
            #expect(!error.message.isEmpty)
        }
        #expect(ChatError.provider(.rateLimited(retryAfterSeconds: 7)).retryAfterSeconds == 7)
        #expect(ChatError.provider(.unavailable).retryAfterSeconds == nil)
        #expect(ChatError.storageUnavailable.retryAfterSeconds == 5)
        #expect(ChatError.secretMemoryFull.retryAfterSeconds == 1)
        #expect(ChatError.secretReleaseBlocked.retryAfterSeconds == 30)
        #expect(ChatError.tooManyTurns.retryAfterSeconds != nil && ChatError.busy.retryAfterSeconds != nil)
    }

    @Test("A missing or locked key says which, so that clients can store or unlock it")
    func missingSecrets() {
        let secret: JSON = [
            "serverId": "anthropic", "serverName": "Anthropic", "secretKeys": ["ANTHROPIC_API_KEY"],
        ]
        #expect(
            JSON.object(ChatError.missingSecrets(isLocked: false).details) == ["missingSecrets": [secret]])
        #expect(
            JSON.object(ChatError.missingSecrets(isLocked: true).details)
                == ["missingSecrets": [secret], "needsUnlock": true])
        let poor = ChatError.insufficientBalance(available: MicroUSDC(5), needed: MicroUSDC(70))
        #expect(JSON.object(poor.details) == ["available": "5", "required": "70"])
    }

    @Test(
        "Idempotency keys are 1 to 255 visible ASCII characters",
        arguments: [
            ("", false), ("a", true), (String(repeating: "k", count: 255), true),
            (String(repeating: "k", count: 256), false), ("a b", false), ("é", false), ("a\n", false), ("~!", true),
        ])
    func idempotencyKeys(text: String, isValid: Bool) {
        #expect(TurnKey.isValid(text) == isValid)
    }
}
