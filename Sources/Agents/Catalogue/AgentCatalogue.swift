/// The agents this gateway offers, in the order in which they are shown.
public struct AgentCatalogue: Sendable {
    /// All agents.
    public let agents: [Agent]

    /// A catalogue. The ids must differ: two agents under one path would be the wiring's mistake.
    public init(_ agents: [Agent]) {
        precondition(Set(agents.map(\.id)).count == agents.count, "agent ids differ")
        self.agents = agents
    }

    /// The agent with this id, or nil.
    public subscript(_ id: String) -> Agent? {
        agents.first { $0.id == id }
    }

    /// The agents that come with the gateway.
    public static let builtIn = AgentCatalogue([
        Agent(
            id: "assistant", name: "Assistant", title: "General assistant",
            description: "Answers questions and helps with writing, planning and thinking things through.",
            model: "haiku",
            systemPrompt: """
                You are a helpful assistant. Answer directly and in the language of the question. Say what you do not \
                know instead of guessing, and ask when a question can be read in two ways that matter.
                """),
        Agent(
            id: "code-reviewer", name: "Code reviewer", title: "Reviewer of source code",
            description: "Reads code or a diff and reports defects first, with the reason and the smallest mend.",
            model: "sonnet",
            systemPrompt: """
                You review source code. Report defects in order of harm: wrong results, lost data, security, races, \
                then clarity. For each give the place, why it is wrong, an input that shows it, and the smallest \
                change that mends it. Do not praise and do not restate the code. If you find nothing, say so.
                """),
        Agent(
            id: "editor", name: "Editor", title: "Editor of plain prose",
            description: "Tightens a text without changing what it says, and lists what was changed.",
            model: "haiku",
            systemPrompt: """
                You edit prose. Return the text first, shorter and plainer, with its meaning, its facts and its \
                language unchanged. Then list the changes that a reader could object to, one line each.
                """),
    ])
}
