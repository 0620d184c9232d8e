import Agents
import HTTPServer
import HTTPTypes
import Primitives

extension AgentRoutes {
    /// The message, with every byte of it written as one of JSON's longest escapes (`\u0001` is six), and room for the
    /// other members.
    private static let bodyLimit = 6 * ConversationLimits.messageBytes + 4_096

    var sendMessage: Endpoint {
        Endpoint(
            .post, "/agents/{id}/sessions/{sid}/chat", area: AgentRoutes.area,
            summary: "Says something to the agent and streams its answer.",
            detail: "The most the answer may cost is held before the provider is called; what it did cost is charged "
                + "after. Refusals come as JSON before the stream begins, and cost nothing. Closing the connection "
                + "stops the provider; what came until then is charged. With an Idempotency-Key a repeated request "
                + "is given the stored answer and costs nothing.",
            access: .wallet(permission: "agents:chat"),
            parameters: [.init(.header, "Idempotency-Key", .visible, "Your own name for this request.")],
            input: .object(
                [
                    // Whatever the body admits: one place decides what is too long, and it counts bytes.
                    .required(
                        "message", .text(length: 1...AgentRoutes.bodyLimit, format: nil),
                        "At most \(ConversationLimits.messageBytes) bytes of UTF-8."),
                    .optional("model", .nullable(.format(.identifier)), "For this answer; else the session's."),
                    .optional("maxTokens", .nullable(.integer(1...1_000_000)), "The most output tokens."),
                ], isOpen: true),
            answer: .events(
                "Each is {type, data}: text (a string), thinking (a string), then one of done {model, cost, costRaw, "
                    + "balanceRemaining, usage, toolCallCount} or error {code, message}. A comment keeps a silent "
                    + "stream alive every 15 s."), errors: ChatRefusal.chatKinds, bodyLimit: AgentRoutes.bodyLimit
        ) { [chat] call in
            let caller = try call.caller()
            if let images = call.body["images"]?.array, !images.isEmpty { throw APIError(ChatRefusal.noImages) }
            let request = ChatRequest(
                wallet: caller.walletID, grant: caller.sessionID, agentID: try call.path("id"),
                conversationID: try call.path("sid"), text: try call.text("message"),
                model: call.optionalText("model"), maximumOutputTokens: call.body["maxTokens"]?.integer.map { Int($0) },
                idempotencyKey: call.parameter("Idempotency-Key"))
            let turn = try await ChatRefusal.translating { () async throws(ChatError) in
                try await chat.start(request)
            }
            return Response(
                200,
                content: .events { writer in
                    await turn.run { event in try await writer.send(event.serverSentEvent) }
                    try Task.checkCancellation()
                })
        }
    }
}
