import Database
import Primitives

/// How a chat request begins: everything that must be true before a provider is called, decided and written in one
/// transaction.
///
/// Order: conversation, a turn of it that is not written yet, repeated request, running turn, room, model, provider
/// key, and only then money. What refuses leaves nothing behind.
struct TurnAdmission: Sendable {
    let ports: ChatPorts
    let books: TurnBooks
    /// For `KnownValues`.
    let salt: [UInt8]

    /// What a request comes to.
    enum Opening: Sendable {
        /// It was carried out before: this is what it came to.
        case replay([TurnEvent])
        /// The money is held, the message is written down.
        case admitted(AdmittedTurn, key: PassedKey, history: SealedHistory)
    }

    func open(
        _ request: ChatRequest, agent: Agent, callID: String, seed: SealSeed, in tx: borrowing WriteTransaction,
        at now: Timestamp
    ) throws -> Opening {
        try tx.lock(request.wallet)
        var conversation = try ports.store.conversation(
            request.conversationID, of: request.wallet, agentID: agent.id, in: tx)
        guard !books.unwritten.holds(conversation: conversation.id) else { throw ChatError.storageUnavailable }
        let turnKey = try turnKey(of: request)
        if let turnKey, let events = try replay(turnKey, in: conversation, tx, at: now) { return .replay(events) }
        try requireNoRunningTurn(in: conversation, tx, at: now)
        // Ending a turn that was left behind may have taken its message back.
        conversation = try ports.store.conversation(conversation.id, of: request.wallet, in: tx)
        guard conversation.messageCount + 2 <= ConversationLimits.messages,
            conversation.contentBytes + request.text.utf8.count <= ConversationLimits.contentBytes
        else { throw ChatError.sessionFull }
        let model = request.model ?? conversation.model
        guard ports.spending.knows(model: model) else { throw ChatError.unknownModel }
        let secret = try ports.keys.openKey(for: request.wallet, grant: request.grant, in: tx, at: now)
        let known = KnownValues([(AnthropicRequest.keyName, secret)], salt: salt)
        let key = PassedKey(secret)
        // A key that was pasted into the message is neither stored nor told to the model.
        let text = StreamScrubber.scrub(request.text, of: known, extent: .keys)

        let message = Message(role: .user, text: text, createdAt: now)
        let sequence = try ports.store.append(message, to: conversation, seed: seed, in: tx)
        let history = try ports.store.history(of: conversation, in: tx)
        let admission = try ports.spending.admit(
            CallRequest(
                id: callID, wallet: request.wallet, agentID: agent.id, model: model,
                requestBytes: AnthropicRequest.inputBound(
                    systemBytes: agent.systemPrompt.utf8.count, textBytes: history.textBytes,
                    messageCount: history.entries.count),
                maximumOutputTokens: request.maximumOutputTokens),
            in: tx, at: now)
        let record = TurnRecord(
            conversation: conversation.id, call: callID, wallet: request.wallet, userSequence: sequence,
            key: turnKey, startedAt: now, expiresAt: TurnAdmission.lease(from: now))
        try record.insert(in: tx)
        let turn = AdmittedTurn(
            record: record, agent: agent, userText: text, admission: admission, known: known)
        return .admitted(turn, key: key, history: history)
    }

    private static func lease(from now: Timestamp) -> Timestamp {
        let longest = TurnLimits.startMilliseconds + TurnLimits.answerMilliseconds
        return now.adding(milliseconds: Int64(longest)).adding(seconds: TurnLimits.leaseMarginSeconds)
    }

    private func turnKey(of request: ChatRequest) throws -> TurnKey? {
        guard let text = request.idempotencyKey else { return nil }
        let fingerprint = try ports.store.seal.fingerprint(request.canonicalBytes, of: request.wallet)
        return TurnKey(wallet: request.wallet, text: text, fingerprint: fingerprint)
    }

    /// What the request with this key came to when it was sent before; nil if it is sent for the first time.
    private func replay(
        _ key: TurnKey, in conversation: Conversation, _ tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> [TurnEvent]? {
        switch try ports.idempotency.claim(key, in: tx, at: now) {
        case .fresh: return nil
        case .conflict: throw ChatError.idempotencyConflict
        case .inProgress: throw ChatError.idempotencyInProgress
        case .completed(let bytes):
            guard let outcome = TurnOutcome(bytes) else { throw ChatError.unexpected }
            let answer = try outcome.answerSequence.flatMap {
                try ports.store.text(of: conversation, at: $0, role: .assistant, in: tx)
            }
            return (answer.flatMap { $0.isEmpty ? nil : [.text($0)] } ?? []) + [outcome.end]
        }
    }

    /// Ends a turn that was left behind; throws `ChatError.turnInProgress` if it may still be running.
    private func requireNoRunningTurn(
        in conversation: Conversation, _ tx: borrowing WriteTransaction, at now: Timestamp
    ) throws {
        guard let running = try TurnRecord.running(in: conversation.id, tx) else { return }
        guard running.expiresAt <= now, !books.census.holds(running.call) else { throw ChatError.turnInProgress }
        try books.closing.endAbandoned(running, in: tx, at: now)
    }
}

/// A turn for which the money is held.
struct AdmittedTurn: Sendable {
    let record: TurnRecord
    let agent: Agent
    let userText: String
    let admission: CallAdmission
    /// What must not come out of the answer.
    var known = KnownValues.none

    /// What is sent to the provider. Throws `ConversationSeal.NotAuthentic` if a message was tampered with.
    func request(_ history: SealedHistory, _ store: ConversationStore) async throws -> AnthropicRequest {
        let make: @Sendable () throws -> AnthropicRequest = { [self] in
            AnthropicRequest(
                model: admission.modelID, maximumTokens: admission.maximumOutputTokens, system: agent.systemPrompt,
                conversation: try store.open(history))
        }
        guard history.textBytes > TurnLimits.historyBytesOnLoop else { return try make() }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) { try make() }
    }
}
