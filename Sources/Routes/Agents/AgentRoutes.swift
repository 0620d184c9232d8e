public import Agents
public import HTTPServer
import HTTPTypes
import Primitives

/// Agents, sessions with them, and chat.
public struct AgentRoutes: Sendable {
    static let area = "Agents"

    let catalogue: AgentCatalogue
    let conversations: ConversationService
    let chat: ChatService

    /// The routes over these services.
    public init(catalogue: AgentCatalogue, conversations: ConversationService, chat: ChatService) {
        self.catalogue = catalogue
        self.conversations = conversations
        self.chat = chat
    }

    /// Every route.
    public var endpoints: [Endpoint] {
        [listAgents, readAgent, createSession, listSessions, listAllSessions, readSession, deleteSession, sendMessage]
    }

    private static let card: [Schema.Property] = [
        .required("id", .text(upTo: 100)), .required("name", .text(upTo: 200)), .required("title", .text(upTo: 300)),
        .required("description", .text(upTo: 2_000)),
        .required("model", .text(upTo: 100), "Unless a session names one."),
        .required("skillsCount", .integer(0...1_000)), .required("source", .choice(["built-in"])),
        .required("status", .choice(["active"])),
    ]

    private var listAgents: Endpoint {
        Endpoint(
            .get, "/agents", area: AgentRoutes.area, summary: "The agents on offer.", access: .anyone,
            answer: .json(
                200,
                .object(
                    [.required("agents", .list(.object(AgentRoutes.card, isOpen: false), maximum: 1_000))],
                    isOpen: false))
        ) { [catalogue] _ in
            .json(["agents": .array(catalogue.agents.map { .object(AgentRoutes.card(of: $0)) })])
        }
    }

    private var readAgent: Endpoint {
        let skill = Schema.object(
            [
                .required("name", .text(upTo: 100)), .required("title", .text(upTo: 300)),
                .required("description", .text(upTo: 2_000)),
            ], isOpen: false)
        return Endpoint(
            .get, "/agents/{id}", area: AgentRoutes.area, summary: "One agent.", access: .anyone,
            answer: .json(
                200,
                .object(
                    AgentRoutes.card + [
                        .required("tools", .list(.text(upTo: 100), maximum: 1_000)),
                        .required("toolsCount", .integer(0...1_000)),
                        .required("skills", .list(skill, maximum: 1_000)),
                    ], isOpen: false)), errors: [ChatRefusal.kind(of: .agentNotFound)]
        ) { [catalogue] call in
            guard let agent = catalogue[try call.path("id")] else { throw ChatRefusal.named(.agentNotFound) }
            let skills = agent.skills.map { skill -> JSON in
                [
                    "name": .string(skill.name), "title": .string(skill.title),
                    "description": .string(skill.description),
                ]
            }
            return .json(
                .object(
                    AgentRoutes.card(of: agent) + [
                        .init("tools", []), .init("toolsCount", 0), .init("skills", .array(skills)),
                    ]))
        }
    }

    private static func card(of agent: Agent) -> [JSON.Member] {
        [
            .init("id", .string(agent.id)), .init("name", .string(agent.name)), .init("title", .string(agent.title)),
            .init("description", .string(agent.description)), .init("model", .string(agent.model)),
            .init("skillsCount", .integer(Int64(agent.skills.count))), .init("source", "built-in"),
            .init("status", "active"),
        ]
    }
}
