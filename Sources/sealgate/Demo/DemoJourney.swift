import HTTPTypes
import Cryptography
import Ethereum
import HTTPClient
import Primitives

/// The journey of a newcomer: log in, bring a key, get test money, chat, pay, survive a restart.
struct DemoJourney {
    private static let chatPath = "/agents/{id}/sessions/{sid}/chat"

    let world: DemoWorld
    let client: HTTPClient
    let wallet: WalletKey
    private var demo: DemoClient

    init(world: DemoWorld, client: HTTPClient, wallet: WalletKey) {
        self.world = world
        self.client = client
        self.wallet = wallet
        demo = DemoClient(client: client, address: "")
    }

    /// Walks all of it and returns the gateway's address.
    mutating func walk() async throws -> String {
        let address = try await world.startGateway()
        demo = DemoClient(client: client, address: address)
        Terminal.say("gateway:    \(address)\nwallet:     \(wallet.address.checksummed), made just now")
        try await lookAround()
        try await logIn()
        try await fund()
        let chat = try await openSession()
        try await storeKey(chat)
        _ = try await demo.chat(
            chat, "Say hello to a newcomer in one sentence.", note: "the answer streams; the hold becomes a charge")
        try await lookAtTheBook()
        try await restart(chat)
        return address
    }

    private func lookAround() async throws {
        chapter("What protects this instance? (Nothing yet, and it says so.)")
        _ = try await demo.call(.get, "/health", note: "alive, and its posture")
        _ = try await demo.call(.get, "/api/attestation", note: "the hash of the running program")
    }

    private mutating func logIn() async throws {
        chapter("Log in with the wallet")
        let challenge = try await demo.call(
            .get, "/auth/challenge?walletAddress=\(wallet.address.checksummed)", note: "a text to sign")
        let grant = try await demo.call(
            .post, "/auth/verify",
            [
                "walletAddress": .string(wallet.address.checksummed), "nonce": .string(try challenge.text("nonce")),
                "signature": .string(sign(try challenge.text("message"))),
            ], note: "the signature for an ES256 token")
        demo.token = try grant.text("token")
        _ = try await demo.call(.get, "/.well-known/jwks.json", note: "any JOSE library verifies the token with this")
    }

    private func fund() async throws {
        chapter("Test money")
        _ = try await demo.call(.post, "/wallet/faucet", ["amount": "1000000"], note: "one test dollar")
    }

    /// Begins a session with the first agent and returns the path of its chat.
    private func openSession() async throws -> String {
        chapter("A session with an agent")
        let agents = try await demo.call(.get, "/agents", note: "who is there")
        guard let agent = agents.body["agents"]?.array?.first?["id"]?.string else {
            throw DemoClient.Unexpected(description: "there are no agents")
        }
        let session = try await demo.call(
            .post, "/agents/\(agent)/sessions", ["model": "haiku"], expecting: 201, note: "begin")
        let chat = DemoJourney.chatPath.replacing("{id}", with: agent).replacing("{sid}", with: try session.text("id"))
        _ = try await demo.call(
            .post, chat, ["message": "Hello?"], expecting: 400,
            note: "no provider key yet: refused, and nothing is spent")
        return chat
    }

    private func storeKey(_ chat: String) async throws {
        chapter("Bring your own key")
        let challenge = try await demo.call(
            .get, "/wallet/provider-vault/derive-challenge", note: "the text that opens the vault")
        _ = try await demo.call(
            .put, "/wallet/apikey",
            [
                "anthropicApiKey": .string(world.realKey ?? "sk-ant-simulated-0123456789"),
                "signature": .string(sign(try challenge.text("message"))),
                "nonce": .string(try challenge.text("nonce")),
            ], note: "encrypted under a key that only this signature gives")
        _ = try await demo.call(.get, "/wallet/apikey/status", note: "configured; never the key")
    }

    private func lookAtTheBook() async throws {
        chapter("The book")
        _ = try await demo.call(.get, "/wallet/balance", note: "what is left")
        _ = try await demo.call(.get, "/wallet/transactions", note: "every move")
    }

    private mutating func restart(_ chat: String) async throws {
        chapter("Restart the gateway: session keys die with the process, and so does what was unlocked")
        await world.stopGateway()
        let address = try await world.startGateway()
        _ = try await demo.call(.get, "/wallet/balance", expecting: 401, note: "the old token is worthless")
        demo = DemoClient(client: client, address: address)
        try await logIn()
        _ = try await demo.call(.post, chat, ["message": "Hello again?"], expecting: 400, note: "needsUnlock")
        let challenge = try await demo.call(
            .get, "/wallet/provider-vault/derive-challenge", note: "the same text as before")
        _ = try await demo.call(
            .post, "/wallet/provider-vault/unlock",
            [
                "signature": .string(sign(try challenge.text("message"))),
                "nonce": .string(try challenge.text("nonce")),
            ], note: "opened for this session")
        _ = try await demo.chat(chat, "And what did I ask you before?", note: "the conversation survived")
        _ = try await demo.call(.get, "/wallet/balance", note: "and every cent is accounted for")
    }

    private func sign(_ text: String) -> String {
        "0x" + Hex.encode(wallet.sign(personalMessage: Array(text.utf8)).bytes)
    }

    private func chapter(_ title: String) {
        Terminal.say("\n--- \(title)")
    }
}
