import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Wallet tokens", .onEveryEngine)
struct WalletTokenTests {
    private static let expires = "2025-12-20T12:00:00.750Z"
    private let tokens = WalletTokens(origin: Gate.origin)

    private func message(
        expires: String = expires, permissions: [String]? = nil, server: String? = nil
    ) throws -> WalletTokenMessage {
        try WalletTokenMessage(
            wallet: Fixed.address().lowercase, expires: expires, permissions: permissions, server: server)
    }

    private func token(_ message: WalletTokenMessage, at now: Timestamp = Gate.start) throws -> String {
        try tokens.create(message, signature: Fixed.wallet().signature(message.text), at: now)
    }

    private func error(_ body: () throws -> some Any) -> WalletTokenError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error as? WalletTokenError
        }
    }

    @Test("The text, to the byte: three lines, and one each for permissions and server")
    func text() throws {
        let three = "MCP Gateway Auth\nWallet: 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf\nExpires: \(Self.expires)"
        #expect(try message().text == three)
        #expect(
            try message(permissions: ["wallet:read", "agents:*"]).text == three + "\nPermissions: wallet:read,agents:*")
        #expect(try message(permissions: []).text == three + "\nPermissions: none")
        #expect(
            try message(permissions: ["a:b"], server: "io.example/weather").text
                == three + "\nPermissions: a:b\nServer: io.example/weather")
        #expect(try message(server: "weather").text == three + "\nServer: weather")
    }

    @Test("A token carries the text, the signature and the convenience copies")
    func payload() throws {
        let message = try message(permissions: ["a:b"], server: "s")
        let token = try token(message)
        #expect(token.hasPrefix("mcpwt_"))
        let payload = try JSON(parsing: try #require(Base64.decodeURL(token.dropFirst(6))))
        #expect(
            payload == [
                "v": 1, "wallet": "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf", "exp": 1_766_232_000,
                "msg": .string(message.text), "sig": .string(try Fixed.wallet().signature(message.text)),
                "sub": "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf", "iss": .string(Gate.origin),
                "iat": .integer(Gate.start.unixSeconds), "permissions": ["a:b"], "server_id": "s",
            ])
        let verified = try tokens.verify(token, at: Gate.start)
        #expect(verified.message == message)
        #expect(verified.message.expiresAt == Timestamp(unixSeconds: 1_766_232_000))
    }

    @Test("Both titles are accepted when verifying; a third is not")
    func titles() throws {
        let ours = try message().text
        for (title, good) in [("MCP Gateway Auth", true), ("MCP Platform Auth", true), ("MCP gateway Auth", false)] {
            let text = ours.replacing("MCP Gateway Auth", with: title)
            let token = try handMade(text: text)
            #expect((error { try tokens.verify(token, at: Gate.start) } == nil) == good)
        }
    }

    /// A token with any text and any members, properly signed.
    private func handMade(text: String, change: [String: JSON] = [:], signer: UInt8 = 1) throws -> String {
        var members: [String: JSON] = [
            "v": 1, "wallet": .string(try Fixed.address().checksummed), "exp": 1_766_232_000, "msg": .string(text),
            "sig": .string(try Fixed.wallet(signer).signature(text)),
        ]
        members.merge(change) { $1 }
        let json = JSON.object(members.filter { !$0.value.isNull }.map { JSON.Member($0.key, $0.value) })
        return WalletTokens.prefix + Base64.encodeURL(json.canonicalBytes)
    }

    @Test(
        "A member that does not follow from the signed text is refused",
        arguments: [
            ("v", JSON.integer(2), WalletTokenError.malformed), ("v", "1", .malformed), ("v", nil, .malformed),
            ("wallet", "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF", .textMismatch), ("wallet", "0x", .malformed),
            ("exp", 1_766_232_001, .textMismatch), ("exp", 1_766_231_999, .textMismatch), ("exp", nil, .malformed),
            ("msg", nil, .malformed), ("msg", "hello", .malformed), ("sig", nil, .malformed),
            ("sig", "0x", .signatureInvalid),
        ])
    func members(name: String, value: JSON, expected: WalletTokenError) throws {
        let token = try handMade(text: message().text, change: [name: value])
        #expect(error { try tokens.verify(token, at: Gate.start) } == expected)
    }

    @Test("Members that nobody signed change nothing")
    func unsignedMembers() throws {
        let text = try message(permissions: []).text
        let token = try handMade(
            text: text, change: ["permissions": ["*:*"], "server_id": "x", "sub": "0x00", "iss": "y", "more": [1]])
        let principal = try tokens.verify(token, at: Gate.start).principal(WalletID(1))
        #expect(principal.rights == .none)
        #expect(principal.server == nil)
        #expect(!principal.may(try #require(Permission("wallet:read"))))
    }

    @Test(
        "A text that its fields do not give again, byte for byte, is refused even if signed",
        arguments: [
            (
                "Wallet: 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf",
                "Wallet: 0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
            ),
            ("Wallet: ", "Wallet:  "), ("Expires: ", "expires: "), ("\nExpires", "\r\nExpires"), ("750Z", "750Z\n"),
            ("750Z", "750Z\nServer: "), ("750Z", "750Z\nServer: a b"), ("750Z", "750Z\nServer: a\nPermissions: a:b"),
            ("750Z", "750Z\nPermissions: "), ("750Z", "750Z\nPermissions: a:b,"),
            ("750Z", "750Z\nPermissions: a:b, c:d"),
            ("750Z", "750Z\nPermissions: none,a:b"), ("750Z", "750Z\nMore: x"), ("750Z", "750Z\nServer: a\nServer: b"),
        ])
    func rendering(part: String, replacement: String) throws {
        let text = try message().text.replacing(part, with: replacement)
        #expect(text != (try message().text))
        #expect(error { try tokens.verify(handMade(text: text), at: Gate.start) } != nil)
    }

    @Test("Another signer, or the high-s twin, is no signature")
    func signer() throws {
        let message = try message()
        #expect(
            error { try tokens.verify(handMade(text: message.text, signer: 2), at: Gate.start) } == .addressMismatch)
        let twin = Fixed.highS(try Fixed.wallet().sign(personalMessage: Array(message.text.utf8)))
        #expect(error { try tokens.create(message, signature: twin, at: Gate.start) } == .signatureInvalid)
        #expect(
            error { try tokens.create(message, signature: Fixed.wallet(2).signature(message.text), at: Gate.start) }
                == .addressMismatch)
    }

    @Test("It ends on its second, and may not live longer than a year", arguments: [-1, 0, 1])
    func times(offset: Int64) throws {
        let message = try message()
        let token = try token(message)
        #expect(
            error { try tokens.verify(token, at: message.expiresAt.adding(seconds: offset)) }
                == (offset < 0 ? nil : .expired))
        let earliest = message.expiresAt.adding(seconds: -WalletTokens.maximumLifetimeSeconds + offset)
        #expect(error { try self.token(message, at: earliest) } == (offset < 0 ? .lifetimeTooLong : nil))
        #expect(error { try tokens.verify(token, at: earliest) } == (offset < 0 ? .lifetimeTooLong : nil))
    }

    @Test(
        "What cannot stand in the text is refused when the text is asked for",
        arguments: [
            ("0x12", expires, nil, nil, WalletTokenError.malformedAddress),
            (nil, "tomorrow", nil, nil, .malformedExpiry), (nil, "", nil, nil, .malformedExpiry),
            (nil, expires + "\nServer: x", nil, nil, .malformedExpiry),
            (nil, "2025-12-20T12:00:00.0000000000Z", nil, nil, .malformedExpiry),
            (nil, expires, ["wallet"], nil, .malformedPermissions),
            (nil, expires, ["a:b\nServer: x"], nil, .malformedPermissions),
            (nil, expires, [""], nil, .malformedPermissions), (nil, expires, nil, "", .malformedServer),
            (nil, expires, nil, "a\nb", .malformedServer), (nil, expires, nil, "ä", .malformedServer),
        ] as [(String?, String, [String]?, String?, WalletTokenError)])
    func malformed(
        wallet: String?, expires: String, permissions: [String]?, server: String?, expected: WalletTokenError
    ) throws {
        let address = try Fixed.address().lowercase
        let found = error {
            try WalletTokenMessage(
                wallet: wallet ?? address, expires: expires, permissions: permissions, server: server)
        }
        #expect(found == expected)
    }

    @Test("Limits: 16 permissions, 128 bytes of server, and the fullest token still fits", arguments: [-1, 0, 1])
    func limits(offset: Int) throws {
        let permission = "a:" + String(repeating: "b", count: Permission.maximumBytes - 2)
        let permissions = [String](repeating: permission, count: Permission.maximumCount + offset)
        #expect(error { try message(permissions: permissions) } == (offset > 0 ? .malformedPermissions : nil))
        let server = String(repeating: "s", count: WalletTokenMessage.maximumServerBytes + offset)
        #expect(error { try message(server: server) } == (offset > 0 ? .malformedServer : nil))
        if offset <= 0 {
            let token = try token(try message(permissions: permissions, server: server))
            #expect(token.utf8.count <= WalletTokens.maximumBytes)
            _ = try tokens.verify(token, at: Gate.start)
        }
    }

    @Test("A longer token is not looked at", arguments: [-1, 0, 1])
    func size(offset: Int) throws {
        let text = try message().text
        let room = WalletTokens.maximumBytes + offset
        // Base64 grows by 4 for 3: find the padding that gives exactly the length, if any does.
        let padded = try (3_000..<4_600).lazy.map {
            try handMade(text: text, change: ["pad": .string(String(repeating: "x", count: $0))])
        }
        .first { $0.utf8.count >= room }
        let token = try #require(padded)
        let fits = token.utf8.count <= WalletTokens.maximumBytes
        #expect((error { try tokens.verify(token, at: Gate.start) } == nil) == fits)
    }

    @Test(
        "What is no token at all is malformed",
        arguments: ["", "mcpwt_", "mcpwt_e30", "mcpwt_e30=", "mcpwt_!!", "mcpwt_W10", "e30"])
    func noToken(text: String) {
        #expect(error { try tokens.verify(text, at: Gate.start) } == .malformed)
    }

    @Test("A wallet token authenticates without a login, also when its wallet is new, with the limits it signed")
    func authenticates() async throws {
        let gate = try await Gate.open()
        let token = try token(try message(permissions: ["wallet:read"]))
        let first = try await gate.authenticator.authenticate(bearer: token)
        #expect(try await gate.authenticator.authenticate(bearer: token) == first)
        #expect(first.address == (try Fixed.address()))
        #expect(first.rights == .only([try #require(Permission("wallet:read"))]))
        #expect(first.sessionID.hasPrefix("wtk_"))
        #expect(try await gate.logIn(try Fixed.wallet()).walletID == first.walletID)
        #expect(try await gate.count("wallets") == 1)
        await gate.close()
    }

    @Test("A logout ends every spelling of the token, here and after a restart, and no other token")
    func logout() async throws {
        let gate = try await Gate.open()
        let message = try message()
        let token = try token(message)
        let respelled = try handMade(text: message.text, change: ["more": "x"])
        let other = try self.token(try self.message(expires: "2025-12-21T00:00:00Z"))
        #expect(await refusal(gate, respelled) == nil)
        try await gate.authenticator.logout(gate.authenticator.authenticate(bearer: token))
        #expect(await refusal(gate, token) == .revoked)
        #expect(await refusal(gate, respelled) == .revoked)
        #expect(await refusal(gate, other) == nil)
        await gate.close()
        let again = try await Gate.open(in: gate.folder)
        #expect(await refusal(again, token) == .revoked)
        #expect(await refusal(again, respelled) == .revoked)
        #expect(await refusal(again, other) == nil)
        await again.close()
    }

    @Test("Every error has a stable code", arguments: WalletTokenError.allCases)
    func codes(error: WalletTokenError) {
        #expect(!error.code.isEmpty)
    }
}
