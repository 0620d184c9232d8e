/// Someone to talk to: a system prompt with a name and a model to start with. A plain value; nothing of it is secret.
public struct Agent: Hashable, Sendable {
    /// Something an agent says it can do.
    public struct Skill: Hashable, Sendable {
        /// The skill's short name.
        public let name: String
        /// The skill's name for people.
        public let title: String
        /// One sentence.
        public let description: String

        /// A skill.
        public init(name: String, title: String, description: String) {
            self.name = name
            self.title = title
            self.description = description
        }
    }

    /// What stands in paths: lower-case letters, digits and hyphens.
    public let id: String
    /// A short name.
    public let name: String
    /// What it is, in a few words.
    public let title: String
    /// One or two sentences.
    public let description: String
    /// The model, an alias or an id, of sessions that name none.
    public let model: String
    /// What the model is told before the conversation.
    public let systemPrompt: String
    /// What it says it can do.
    public let skills: [Skill]
    /// The names of the secrets that a wallet has to store before the agent can do its work.
    public let requiredSecrets: [String]

    /// An agent.
    public init(
        id: String, name: String, title: String, description: String, model: String, systemPrompt: String,
        skills: [Skill] = [], requiredSecrets: [String] = []
    ) {
        self.id = id
        self.name = name
        self.title = title
        self.description = description
        self.model = model
        self.systemPrompt = systemPrompt
        self.skills = skills
        self.requiredSecrets = requiredSecrets
    }
}
