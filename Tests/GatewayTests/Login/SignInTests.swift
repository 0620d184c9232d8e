import Ethereum
import HTTPTypes
import Primitives
import Testing

@Suite("A wallet signs in with Ethereum")
struct SignInTests {
    private func challenge(_ gateway: TestGateway, _ key: WalletKey, _ prefix: String = "") async throws -> String {
        let answer = try await gateway.send(
            .get, "\(prefix)/auth/siwe/challenge?address=\(key.address.lowercase)&chainId=8453")
        return try #require(answer.good()["message"].string)
    }

    private func body(_ key: WalletKey, _ message: String, signing text: String? = nil) -> JSON {
        let signature = key.sign(personalMessage: Array((text ?? message).utf8)).hex
        return ["message": .string(message), "signature": .string(signature)]
    }

    @Test("By either path: challenge, signature, a token that opens the wallet", arguments: ["", "/api"])
    func whole(prefix: String) async throws {
        try await withGateway { gateway in
            let key = try WalletKey.generate()
            let message = try await challenge(gateway, key, prefix)
            let answer = try await gateway.send(.post, "\(prefix)/auth/siwe/verify", json: body(key, message)).good()
            #expect(answer["walletAddress"].string == key.address.lowercase)
            let token = try #require(answer["token"].string)
            try await gateway.send(.get, "/wallet/balance", token: token).good()
            try await gateway.send(.post, "/auth/siwe/verify", json: body(key, message))
                .expect(401, "CHALLENGE_EXPIRED")
        }
    }

    @Test("A bare nonce comes with what a text must name, and is never cached")
    func nonce() async throws {
        try await withGateway { gateway in
            for path in ["/auth/nonce", "/api/auth/nonce"] {
                let answer = try await gateway.send(.get, path).good()
                #expect(answer["domain"] == "gateway.example")
                #expect(answer["uri"] == "https://gateway.example")
                #expect(answer["chainIds"] == [8_453])
                #expect(answer.fields["Cache-Control"] == "no-store")
            }
        }
    }

    @Test("Each refusal has its status and code, and leaves the nonce usable")
    func refusals() async throws {
        try await withGateway { gateway in
            let (key, other) = (try WalletKey.generate(), try WalletKey.generate())
            let message = try await challenge(gateway, key)
            func changed(_ old: String, _ new: String) -> JSON {
                body(key, message.replacing(old, with: new, maxReplacements: 1))
            }
            let cases: [(JSON, Int, String)] = [
                (["message": .string(message)], 400, "invalid_request"),
                (["message": .string(message), "signature": "0x"], 400, "invalid_request"),
                (["message": .string(message), "signature": "0x00"], 400, "malformed_signature"),
                (
                    ["message": .string(message), "signature": .string(String(repeating: "00", count: 66))], 400,
                    "contract_wallets_not_served"
                ),
                (changed("Version: 1", "Version: 2"), 400, "siwe_malformed"),
                (changed(key.address.checksummed, key.address.lowercase), 400, "siwe_address_checksum"),
                (changed("Chain ID: 8453", "Chain ID: 1"), 400, "chain_not_served"),
                (changed("gateway.example wants", "evil.example wants"), 401, "siwe_wrong_domain"),
                (changed("gateway.example wants", "gateway.example:443 wants"), 401, "siwe_wrong_domain"),
                (changed("URI: https://", "URI: http://"), 401, "siwe_wrong_uri"),
                (body(other, message), 401, "SIGNATURE_INVALID"),
                (body(key, message, signing: message + "\n"), 401, "SIGNATURE_INVALID"),
            ]
            for (body, status, code) in cases {
                try await gateway.send(.post, "/auth/siwe/verify", json: body).expect(status, code)
            }
            try await gateway.send(.post, "/auth/siwe/verify", json: body(key, message)).good()
            try await gateway.send(.get, "/auth/siwe/challenge").expect(400, "invalid_request")
            let address = key.address.lowercase
            for chain in ["1", "9999999999999999999"] {
                try await gateway.send(.get, "/auth/siwe/challenge?address=\(address)&chainId=\(chain)")
                    .expect(400, "chain_not_served")
            }
        }
    }

    @Test("A configured node that does not answer is 503 with Retry-After, and nothing is used up")
    func unreachable() async throws {
        // Port 1 answers nobody.
        let settings = ["SEALGATE_CHAINS": "8453=http://127.0.0.1:1/key"]
        try await withGateway(settings: settings) { gateway in
            let key = try WalletKey.generate()
            let signed = body(key, try await challenge(gateway, key))
            for _ in 0..<2 {
                let answer = try await gateway.send(.post, "/auth/siwe/verify", json: signed)
                answer.expect(503, "signature_verification_unavailable")
                #expect(answer.fields["Retry-After"] == "5")
            }
            let login = try TestGateway.login(key, try await gateway.challenge())
            try await gateway.send(.post, "/auth/verify", json: login)
                .expect(503, "signature_verification_unavailable")
        }
    }
}
