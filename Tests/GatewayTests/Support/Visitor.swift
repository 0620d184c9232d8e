import Ethereum
import HTTPTypes
import Primitives
import Testing

/// A wallet at a gateway, and what it does there.
struct Visitor: Sendable {
    let gateway: TestGateway
    let key: WalletKey
    let token: String

    var address: String { key.address.lowercase }

    /// The same wallet with another token.
    func with(token: String) -> Visitor {
        Visitor(gateway: gateway, key: key, token: token)
    }

    func send(
        _ method: HTTPMethod, _ path: String, json: JSON? = nil, fields: [(String, String)] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        try await gateway.send(
            method, path, json: json, token: token, fields: fields, sourceLocation: sourceLocation)
    }

    func get(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> Answer {
        try await send(.get, path, sourceLocation: sourceLocation)
    }

    /// Whether the token still opens a door.
    func isLoggedIn() async throws -> Bool {
        try await get("/wallet/balance").status == 200
    }

    /// What this wallet can see of itself: no refused request may change it.
    func snapshot() async throws -> [String] {
        var texts: [String] = []
        for path in [
            "/wallet/balance", "/wallet/transactions", "/wallet/settings", "/wallet/sessions", "/wallet/apikey/status",
        ] {
            texts.append(try await get(path).good().text)
        }
        return texts
    }

    /// Credits test money, micro-USDC.
    @discardableResult
    func fund(_ amount: Int64, idempotencyKey: String? = nil) async throws -> Answer {
        try await send(
            .post, "/wallet/faucet", json: ["amount": .string(String(amount))],
            fields: idempotencyKey.map { [("Idempotency-Key", $0)] } ?? [])
    }

    /// What can be spent, micro-USDC.
    func available() async throws -> Int64 {
        try #require(Int64(try await get("/wallet/balance").good().string("availableBalance")))
    }

    /// The vault's text, signed, and a fresh nonce.
    func vaultProof(_ area: String = "/wallet/provider-vault") async throws -> (signature: String, nonce: String) {
        let challenge = try await get(area + "/derive-challenge").good()
        return (key.signature(try challenge.string("message")), try challenge.string("nonce"))
    }

    /// Stores a provider key.
    @discardableResult
    func storeKey(_ text: String = "sk-ant-test-0123456789") async throws -> Answer {
        let proof = try await vaultProof()
        return try await send(
            .put, "/wallet/apikey",
            json: [
                "anthropicApiKey": .string(text), "signature": .string(proof.signature), "nonce": .string(proof.nonce),
            ])
    }

    /// Opens the vault for this session.
    @discardableResult
    func unlock() async throws -> Answer {
        let proof = try await vaultProof()
        return try await send(
            .post, "/wallet/provider-vault/unlock",
            json: ["signature": .string(proof.signature), "nonce": .string(proof.nonce)])
    }

    /// Begins a session with an agent and returns its id.
    func openSession(_ agent: String = "assistant", model: String? = nil) async throws -> String {
        let body: JSON = model.map { ["model": .string($0)] } ?? [:]
        return try await send(.post, "/agents/\(agent)/sessions", json: body).good(201).string("id")
    }
}

extension WalletKey {
    /// The signature over a text as wallets send it.
    func signature(_ text: String) -> String {
        sign(personalMessage: Array(text.utf8)).hex
    }
}

extension TestGateway {
    /// A challenge as it is given to clients.
    func challenge(for wallet: String? = nil, at path: String = "/auth/challenge") async throws -> Answer {
        try await send(.get, path + (wallet.map { "?walletAddress=\($0)" } ?? "")).good()
    }

    /// The body of a login.
    static func login(_ key: WalletKey, _ challenge: Answer) throws -> JSON {
        [
            "walletAddress": .string(key.address.checksummed), "nonce": .string(try challenge.string("nonce")),
            "signature": .string(key.signature(try challenge.string("message"))),
        ]
    }

    /// A wallet, new unless given, that has logged in.
    func visitor(_ key: WalletKey? = nil) async throws -> Visitor {
        let key = try key ?? WalletKey.generate()
        let challenge = try await challenge()
        let grant = try await send(.post, "/auth/verify", json: try TestGateway.login(key, challenge)).good()
        return Visitor(gateway: self, key: key, token: try grant.string("token"))
    }
}
