import Cryptography
import Ethereum
import HTTPTypes
import Primitives
import Testing

@Suite("A program without a wallet acts for one after its owner has approved it")
struct DeviceTests {
    private let device: WalletKey

    init() throws {
        device = try WalletKey.generate()
    }

    private func begin(_ gateway: TestGateway, permissions: JSON = ["wallet:read"]) async throws -> Answer {
        try await gateway.send(
            .post, "/auth/device",
            json: ["client": "cli", "platform": "linux", "label": "build box", "permissions": permissions]
        ).good(201)
    }

    private func prove(_ gateway: TestGateway, _ invitation: Answer, by key: WalletKey? = nil) async throws -> Answer {
        let key = key ?? device
        let message = try invitation.string("deviceProofMessage")
        return try await gateway.send(
            .post, "/auth/device/\(invitation.string("deviceCode"))/proof",
            json: [
                "deviceWalletAddress": .string(key.address.checksummed), "signature": .string(key.signature(message)),
            ])
    }

    private func watch(_ gateway: TestGateway, _ invitation: Answer) async throws -> Answer {
        try await gateway.send(.get, "/auth/watch/device/\(invitation.string("deviceCode"))")
    }

    @Test("Ask, prove, approve, fetch, renew, revoke: each step by its route")
    func journey() async throws {
        try await withGateway { gateway in
            let owner = try await gateway.visitor()
            let invitation = try await begin(gateway)
            #expect(invitation["expiresIn"] == 600)
            try await watch(gateway, invitation).expect(202, "authorization_pending")
            let body: JSON = ["userCode": .string(try invitation.string("userCode")), "ttlSeconds": 3_600]
            try await owner.send(.post, "/auth/device/approve", json: body).expect(409, "device_not_verified")
            let proof = try await prove(gateway, invitation).good()
            #expect(proof["status"] == "VERIFIED")
            #expect(try await watch(gateway, invitation)["status"] == "PENDING")
            let approved = try await owner.send(.post, "/auth/device/approve", json: body).good()
            #expect(approved["walletAddress"].string == owner.address)
            let grant = try await watch(gateway, invitation).good()
            #expect(grant["scopes"] == ["wallet:read"])
            let session = owner.with(token: try grant.string("token"))
            #expect(try await session.isLoggedIn())
            try await session.send(.put, "/wallet/settings", json: [:]).expect(403, "insufficient_permissions")
            try await session.get("/auth/sessions").expect(403, "insufficient_permissions")
            let claims = try JSON(
                parsing: try #require(Base64.decodeURL(session.token.split(separator: ".")[1])))
            #expect(claims["permissions"] == ["wallet:read"])

            let address = device.address.lowercase
            let challenge = try await gateway.send(.get, "/auth/device/challenge?deviceWalletAddress=\(address)").good()
            let renewal: JSON = [
                "deviceWalletAddress": .string(address), "nonce": .string(try challenge.string("nonce")),
                "signature": .string(device.signature(try challenge.string("message"))),
            ]
            let renewed = try await gateway.send(.post, "/auth/device/refresh", json: renewal).good()
            try await gateway.send(.post, "/auth/device/refresh", json: renewal).expect(401, "CHALLENGE_EXPIRED")
            let second = owner.with(token: try renewed.string("token"))
            #expect(try await second.isLoggedIn())

            let listed = try #require(try await owner.get("/auth/devices").good()["devices"].array?.first)
            #expect(listed["label"] == "build box")
            let kinds = try await owner.get("/auth/sessions").good()["sessions"].array?.compactMap {
                $0["kind"]?.string
            }
            #expect(kinds?.sorted() == ["device", "device", "login"])
            let id = try #require(listed["id"]?.string)
            try await owner.send(.delete, "/auth/devices/\(id)").good()
            for gone in [session, second] { try await gone.get("/wallet/balance").expect(401, "SESSION_REVOKED") }
            try await watch(gateway, invitation).expect(404, "unknown_pairing")
        }
    }

    @Test("Each refusal has its status and code")
    func refusals() async throws {
        try await withGateway { gateway in
            let owner = try await gateway.visitor()
            let stranger = try WalletKey.generate()
            let invitation = try await begin(gateway)
            let unknown = "/auth/watch/device/" + String(repeating: "A", count: 43)
            try await gateway.send(.get, unknown).expect(404, "unknown_pairing")
            try await prove(gateway, invitation).good()
            try await prove(gateway, invitation, by: stranger).expect(409, "pairing_settled")
            let code = JSON.Member("userCode", .string(try invitation.string("userCode")))
            func approve(_ members: [JSON.Member]) async throws -> Answer {
                try await owner.send(.post, "/auth/device/approve", json: .object(members))
            }
            try await approve([code, .init("scopes", ["wallet:*"])]).expect(403, "scopes_too_wide")
            try await approve([code, .init("scopes", [])]).expect(400, "scopes_missing")
            try await approve([code, .init("ttlSeconds", 2_592_001)]).expect(400, "invalid_request")
            try await approve([code, .init("ttlSeconds", 59)]).expect(400, "invalid_request")
            try await approve([.init("userCode", "nonsense")]).expect(404, "unknown_user_code")
            for _ in 0..<10 { try await approve([.init("userCode", "AAAA-AAAA")]).expect(404, "unknown_user_code") }
            let late = try await approve([code])
            late.expect(429, "too_many_user_codes")
            #expect(late.fields["Retry-After"] != nil)
            try await gateway.send(
                .post, "/auth/device", json: ["client": "cli\n", "platform": "linux"]
            ).expect(400, "malformed_device")
        }
    }
}
