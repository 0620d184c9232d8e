import Cryptography
import Database
import DatabaseFixtures
import Foundation
import Primitives
import Testing

@testable import Agents

@Suite("Conversations at rest", .onEveryEngine)
struct ConversationStoreTests {
    private let now = Timestamp(unixSeconds: 1_790_000_000)

    private func conversation(
        _ id: String, _ wallet: WalletID = TestGateway.alice, agent: String = "assistant", active: Int64 = 0
    ) -> Conversation {
        Conversation(
            id: id, wallet: wallet, agentID: agent, model: "haiku", createdAt: now,
            lastActiveAt: now.adding(seconds: active))
    }

    private func gateway() async throws -> TestGateway {
        try await TestGateway(provider: ScriptedProvider())
    }

    @Test("What was said is read back in order, with who said it and whether it is whole")
    func roundTrip() async throws {
        let gateway = try await gateway()
        let id = try await gateway.conversation()
        let said = [
            Message(role: .user, text: "Grüezi \u{1F511}\n", createdAt: now),
            Message(role: .assistant, text: "Hel", isWhole: false, createdAt: now.adding(seconds: 1)),
            Message(role: .user, text: "", createdAt: now.adding(seconds: 2)),
        ]
        try await gateway.database.write { [store = gateway.store] tx in
            for message in said {
                _ = try store.append(message, to: store.conversation(id, of: TestGateway.alice, in: tx), in: tx)
            }
        }
        let transcript = try await gateway.conversations.transcript(id, of: TestGateway.alice, agentID: "assistant")
        #expect(transcript.messages == said)
        #expect(transcript.conversation.messageCount == 3)
        #expect(transcript.conversation.contentBytes == said.reduce(0) { $0 + $1.text.utf8.count })
        #expect(transcript.conversation.lastActiveAt == now.adding(seconds: 2))
        await gateway.close()
    }

    @Test("Another wallet's conversation, and one of another agent, is not found")
    func strangers() async throws {
        let gateway = try await gateway()
        let id = try await gateway.conversation()
        let service = gateway.conversations
        for (wallet, agent) in [(TestGateway.bob, "assistant"), (TestGateway.alice, "editor")] {
            await #expect(throws: ChatError.sessionNotFound) {
                try await service.transcript(id, of: wallet, agentID: agent)
            }
            await #expect(throws: ChatError.sessionNotFound) {
                try await service.delete(id, of: wallet, agentID: agent)
            }
        }
        #expect(try await service.list(of: TestGateway.bob).isEmpty)
        #expect(try await service.list(of: TestGateway.alice).map(\.conversation.id) == [id])
        await gateway.close()
    }

    @Test("Lists show the last active first, by agent where asked")
    func lists() async throws {
        let gateway = try await gateway()
        let all = [
            conversation("ses_a", active: 5), conversation("ses_b", agent: "editor", active: 9),
            conversation("ses_c", active: 7), conversation("ses_d", TestGateway.bob, active: 8),
        ]
        try await gateway.database.write { [store = gateway.store] tx in
            for conversation in all { try store.insert(conversation, in: tx) }
        }
        let service = gateway.conversations
        #expect(
            try await service.list(of: TestGateway.alice).map(\.conversation.id) == ["ses_b", "ses_c", "ses_a"])
        #expect(
            try await service.list(of: TestGateway.alice, agentID: "assistant").map(\.conversation.id)
                == ["ses_c", "ses_a"])
        await #expect(throws: ChatError.agentNotFound) { try await service.list(of: TestGateway.alice, agentID: "x") }
        await gateway.close()
    }

    @Test("What is deleted is gone, with every message")
    func deletion() async throws {
        let gateway = try await gateway()
        let id = try await gateway.conversation()
        try await gateway.database.write { [store = gateway.store, now] tx in
            let conversation = try store.conversation(id, of: TestGateway.alice, in: tx)
            _ = try store.append(Message(role: .user, text: "x", createdAt: now), to: conversation, in: tx)
        }
        try await gateway.conversations.delete(id, of: TestGateway.alice, agentID: "assistant")
        await #expect(throws: ChatError.sessionNotFound) {
            try await gateway.conversations.delete(id, of: TestGateway.alice, agentID: "assistant")
        }
        let left = try await gateway.database.read {
            try $0.first("select (select count(*) from messages) + (select count(*) from conversations)", []) {
                try $0.integer(0)
            }
        }
        #expect(left == 0)
        await gateway.close()
    }

    @Test("Nothing that was said stands on the disk in the clear", .onFile)
    func sealed() async throws {
        let gateway = try await gateway()
        let id = try await gateway.conversation()
        let needle = "needle-in-the-haystack"
        try await gateway.database.write { [store = gateway.store, now] tx in
            let conversation = try store.conversation(id, of: TestGateway.alice, in: tx)
            _ = try store.append(Message(role: .user, text: needle, createdAt: now), to: conversation, in: tx)
            try store.setPreview(needle, of: conversation, in: tx)
        }
        #expect(try await gateway.conversations.list(of: TestGateway.alice).first?.preview == needle)
        var searched = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: gateway.folder.path) {
            let data = try Data(contentsOf: URL(filePath: gateway.folder.path + "/" + name))
            #expect(data.range(of: Data(needle.utf8)) == nil, "\(name)")
            searched += data.range(of: Data(id.utf8)) == nil ? 0 : 1
        }
        #expect(searched > 0, "the id itself can be found, so the search works")
        await gateway.close()
    }

    @Test("A sealed text opens only where it was put, for its wallet, under its root")
    func bound() throws {
        let root = try Secret(copying: Array(repeating: 1, count: 32))
        let seal = try ConversationSeal(root: root)
        let place = ConversationSeal.Place.message(conversation: "ses_a", sequence: 1, role: .user)
        let sealed = try seal.seal("text", of: TestGateway.alice, at: place, seed: SealSeed(SystemRandom()))
        #expect(try seal.open(sealed, of: TestGateway.alice, at: place) == "text")
        let others: [ConversationSeal.Place] = [
            .message(conversation: "ses_b", sequence: 1, role: .user),
            .message(conversation: "ses_a", sequence: 2, role: .user),
            .message(conversation: "ses_a", sequence: 1, role: .assistant), .preview(conversation: "ses_a"),
        ]
        for other in others {
            #expect(throws: ConversationSeal.NotAuthentic.self) {
                try seal.open(sealed, of: TestGateway.alice, at: other)
            }
        }
        #expect(throws: ConversationSeal.NotAuthentic.self) { try seal.open(sealed, of: TestGateway.bob, at: place) }
        let other = try ConversationSeal(root: Secret(copying: Array(repeating: 2, count: 32)))
        #expect(throws: ConversationSeal.NotAuthentic.self) { try other.open(sealed, of: TestGateway.alice, at: place) }
    }

    @Test("An altered byte, or one too few, keeps a text shut")
    func altered() throws {
        let seal = try ConversationSeal(root: Secret(copying: Array(repeating: 1, count: 32)))
        let place = ConversationSeal.Place.preview(conversation: "ses_a")
        let sealed = try seal.seal("text", of: TestGateway.alice, at: place, seed: SealSeed(SystemRandom()))
        #expect(sealed.count == 4 + ConversationSeal.overheadBytes)
        for index in sealed.indices {
            var bent = sealed
            bent[index] ^= 1
            #expect(throws: ConversationSeal.NotAuthentic.self, "byte \(index)") {
                try seal.open(bent, of: TestGateway.alice, at: place)
            }
            #expect(throws: ConversationSeal.NotAuthentic.self, "\(index) bytes") {
                try seal.open(Array(sealed.prefix(index)), of: TestGateway.alice, at: place)
            }
        }
    }

    @Test("One write seals a text the same however often it runs; another write, text or place is sealed differently")
    func nonces() throws {
        let seal = try ConversationSeal(root: Secret(copying: Array(repeating: 1, count: 32)))
        let random = SeededRandom(seed: 6)
        let seeds = (0..<20).map { _ in SealSeed(random) }
        let places: [ConversationSeal.Place] = [
            .preview(conversation: "ses_a"), .message(conversation: "ses_a", sequence: 1, role: .user),
            .message(conversation: "ses_a", sequence: 2, role: .user),
        ]
        var nonces: Set<[UInt8]> = []
        for seed in seeds {
            for place in places {
                for text in ["", "text", "texu"] {
                    let sealed = try seal.seal(text, of: TestGateway.alice, at: place, seed: seed)
                    #expect(try sealed == seal.seal(text, of: TestGateway.alice, at: place, seed: seed))
                    nonces.insert(Array(sealed[1...AESGCM.nonceBytes]))
                }
            }
        }
        #expect(nonces.count == seeds.count * places.count * 3)
    }

    @Test("A wallet may have as many conversations as the limit says, and no more")
    func conversationLimit() async throws {
        let gateway = try await gateway()
        try await gateway.database.write { [store = gateway.store] tx in
            for index in 1..<ConversationLimits.perWallet { try store.insert(conversation("ses_\(index)"), in: tx) }
        }
        let last = try await gateway.conversation()
        await #expect(throws: ChatError.tooManySessions) { try await gateway.conversation() }
        _ = try await gateway.conversation(TestGateway.bob)
        try await gateway.conversations.delete(last, of: TestGateway.alice, agentID: "assistant")
        _ = try await gateway.conversation()
        await gateway.close()
    }

    @Test("A conversation is made only with a known agent, model and engine")
    func creation() async throws {
        let gateway = try await gateway()
        let service = gateway.conversations
        let made = try await service.create(
            for: TestGateway.alice, agentID: "code-reviewer", model: "haiku", executionEngine: "claude")
        #expect(made.id.hasPrefix("ses_") && made.model == "haiku" && made.executionEngine == "claude")
        #expect(try await service.create(for: TestGateway.alice, agentID: "code-reviewer").model == "sonnet")
        await #expect(throws: ChatError.agentNotFound) {
            try await service.create(for: TestGateway.alice, agentID: "x")
        }
        await #expect(throws: ChatError.unknownModel) {
            try await service.create(for: TestGateway.alice, agentID: "editor", model: "gpt-1")
        }
        await #expect(throws: ChatError.unknownEngine) {
            try await service.create(for: TestGateway.alice, agentID: "editor", executionEngine: "codex")
        }
        await gateway.close()
    }
}
