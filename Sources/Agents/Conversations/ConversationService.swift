import Database
public import Primitives

/// What clients do with conversations besides talking: make, list, read and delete them.
public struct ConversationService: Sendable {
    /// Engines a client may ask for: the provider's own messages interface, which is what every agent here runs on.
    public static let engines: Set<String> = ["claude"]

    private let ports: ChatPorts

    /// A service upon `ports`.
    public init(_ ports: ChatPorts) {
        self.ports = ports
    }

    /// Makes a conversation. `model` is kept as named; nil takes the agent's.
    public func create(
        for wallet: WalletID, agentID: String, model: String? = nil, executionEngine: String? = nil
    ) async throws(ChatError) -> Conversation {
        guard let agent = ports.catalogue[agentID] else { throw .agentNotFound }
        let model = model ?? agent.model
        guard ports.spending.knows(model: model) else { throw .unknownModel }
        if let executionEngine, !Self.engines.contains(executionEngine) { throw .unknownEngine }
        let now = ports.clock.now()
        let conversation = Conversation(
            id: Identifier.make("ses_", at: now, random: ports.random), wallet: wallet, agentID: agentID,
            model: model, executionEngine: executionEngine, createdAt: now, lastActiveAt: now)
        do {
            try await ports.database.write { [store = ports.store] in try store.insert(conversation, in: $0) }
        } catch {
            throw ChatError(error)
        }
        return conversation
    }

    /// The wallet's conversations, the last active first; those with one agent only, if one is named.
    public func list(of wallet: WalletID, agentID: String? = nil) async throws(ChatError) -> [ConversationSummary] {
        if let agentID, ports.catalogue[agentID] == nil { throw .agentNotFound }
        do {
            return try await ports.database.scan { [store = ports.store] in
                try store.list(of: wallet, agentID: agentID, in: $0)
            }
        } catch {
            throw ChatError(error)
        }
    }

    /// A conversation with its messages.
    public func transcript(
        _ id: String, of wallet: WalletID, agentID: String
    ) async throws(ChatError) -> ConversationTranscript {
        do {
            return try await ports.database.scan { [store = ports.store] in
                try store.transcript(id, of: wallet, agentID: agentID, in: $0)
            }
        } catch {
            throw ChatError(error)
        }
    }

    /// Removes a conversation. A turn that is running in it is charged and leaves no message.
    public func delete(_ id: String, of wallet: WalletID, agentID: String) async throws(ChatError) {
        do {
            try await ports.database.write { [store = ports.store] in
                try store.delete(id, of: wallet, agentID: agentID, in: $0)
            }
        } catch {
            throw ChatError(error)
        }
    }
}
