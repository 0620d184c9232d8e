import Agents
import HTTPServer
import HTTPTypes
import Primitives

extension AgentRoutes {
    private static let readable: [Schema.Property] = [
        .required("id", .text(upTo: 64)), .required("agentId", .text(upTo: 100)),
        .required("model", .text(upTo: 100)), .required("createdAt", .text(upTo: 40)),
        .required("lastActiveAt", .text(upTo: 40)), .optional("executionEngine", .text(upTo: 32)),
    ]

    private static let listAnswer = Endpoint.Answer.json(
        200,
        .object(
            [
                .required(
                    "sessions",
                    .list(
                        .object(
                            readable + [
                                .required("messageCount", .integer(0...Int64.max)), .required("persisted", .boolean),
                                .optional("preview", .text(upTo: 1_000), "How the last answered message begins."),
                            ], isOpen: false), maximum: ConversationLimits.perWallet))
            ], isOpen: false))

    var createSession: Endpoint {
        Endpoint(
            .post, "/agents/{id}/sessions", area: AgentRoutes.area, summary: "A new session with an agent.",
            access: .wallet(permission: "agents:write"),
            input: .object(
                [
                    .optional("model", .nullable(.format(.identifier)), "An alias or a model id; else the agent's."),
                    .optional("executionEngine", .nullable(.format(.identifier)), "Only claude is served."),
                ], isOpen: true), answer: .json(201, .object(AgentRoutes.readable, isOpen: false)),
            errors: ChatRefusal.kinds(of: [.agentNotFound, .unknownModel, .unknownEngine, .tooManySessions])
        ) { [conversations] call in
            let (caller, agent) = (try call.caller(), try call.path("id"))
            let conversation = try await ChatRefusal.translating { () async throws(ChatError) in
                try await conversations.create(
                    for: caller.walletID, agentID: agent, model: call.optionalText("model"),
                    executionEngine: call.optionalText("executionEngine"))
            }
            return .json(.object(AgentRoutes.json(conversation)), status: 201)
        }
    }

    var listSessions: Endpoint {
        Endpoint(
            .get, "/agents/{id}/sessions", area: AgentRoutes.area, summary: "The wallet's sessions with an agent.",
            access: .wallet(permission: "agents:read"), answer: AgentRoutes.listAnswer,
            errors: ChatRefusal.kinds(of: [.agentNotFound]), isCostly: true
        ) { [self] call in
            let (caller, agent) = (try call.caller(), try call.path("id"))
            return try await list(of: caller, agent: agent)
        }
    }

    var listAllSessions: Endpoint {
        Endpoint(
            .get, "/wallet/sessions", area: AgentRoutes.area, summary: "The wallet's sessions with all agents.",
            access: .wallet(permission: "agents:read"), answer: AgentRoutes.listAnswer, isCostly: true
        ) { [self] call in try await list(of: call.caller(), agent: nil) }
    }

    private func list(of caller: Caller, agent: String?) async throws -> Response {
        let found = try await ChatRefusal.translating { () async throws(ChatError) in
            try await conversations.list(of: caller.walletID, agentID: agent)
        }
        let sessions = found.map { summary -> JSON in
            let preview = summary.preview.map { [JSON.Member("preview", .string($0))] } ?? []
            return .object(
                AgentRoutes.json(summary.conversation) + [
                    .init("messageCount", .integer(Int64(summary.conversation.messageCount))),
                    .init("persisted", true),
                ] + preview)
        }
        return .json(["sessions": .array(sessions)])
    }

    var readSession: Endpoint {
        let message = Schema.object(
            [
                .required("role", .choice(["user", "assistant"])),
                .required("content", .text(length: 0...Int.max, format: nil)),
                .required("timestamp", .text(upTo: 40)),
                .required("complete", .boolean, "False for an answer that broke off."),
            ], isOpen: false)
        return Endpoint(
            .get, "/agents/{id}/sessions/{sid}", area: AgentRoutes.area, summary: "A session with its messages.",
            access: .wallet(permission: "agents:read"),
            answer: .json(
                200,
                .object(
                    AgentRoutes.readable + [
                        .required("messages", .list(message, maximum: ConversationLimits.messages + 2))
                    ], isOpen: false)), errors: ChatRefusal.kinds(of: [.agentNotFound, .sessionNotFound]),
            isCostly: true
        ) { [conversations] call in
            let (caller, agent, session) = (try call.caller(), try call.path("id"), try call.path("sid"))
            let transcript = try await ChatRefusal.translating { () async throws(ChatError) in
                try await conversations.transcript(session, of: caller.walletID, agentID: agent)
            }
            let messages = transcript.messages.map { message -> JSON in
                [
                    "role": .string(message.role.rawValue), "content": .string(message.text),
                    "timestamp": .string(message.createdAt.iso8601), "complete": .bool(message.isWhole),
                ]
            }
            return .json(
                .object(AgentRoutes.json(transcript.conversation) + [.init("messages", .array(messages))]))
        }
    }

    var deleteSession: Endpoint {
        Endpoint(
            .delete, "/agents/{id}/sessions/{sid}", area: AgentRoutes.area,
            summary: "Removes a session and its messages.", access: .wallet(permission: "agents:write"),
            answer: .json(200, .object([.required("success", .boolean)], isOpen: false)),
            errors: ChatRefusal.kinds(of: [.agentNotFound, .sessionNotFound])
        ) { [conversations] call in
            let (caller, agent, session) = (try call.caller(), try call.path("id"), try call.path("sid"))
            try await ChatRefusal.translating { () async throws(ChatError) in
                try await conversations.delete(session, of: caller.walletID, agentID: agent)
            }
            return .json(["success": true])
        }
    }

    private static func json(_ conversation: Conversation) -> [JSON.Member] {
        let engine = conversation.executionEngine.map { [JSON.Member("executionEngine", .string($0))] } ?? []
        return [
            .init("id", .string(conversation.id)), .init("agentId", .string(conversation.agentID)),
            .init("model", .string(conversation.model)),
            .init("createdAt", .string(conversation.createdAt.iso8601)),
            .init("lastActiveAt", .string(conversation.lastActiveAt.iso8601)),
        ] + engine
    }
}
