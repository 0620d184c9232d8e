import Cryptography
import Database
import Ethereum
import Foundation
import Primitives
import Testing

@testable import Identity

@Suite("API keys")
struct APIKeyTests {
    @Test("A key is shown once, stands for its wallet, and may do what its list says")
    func happy() async throws {
        let gate = try await Gate.open()
        let made = try await gate.apiKey(["wallet:*", "agents:chat"])
        #expect(made.text.wholeMatch(of: /sgk_[0-9a-f]{12}_[A-Za-z0-9_-]{56}/) != nil)
        #expect(made.text.hasPrefix(made.key.current.prefix + "_"))
        for _ in 0..<2 {
            let principal = try await gate.authenticator.authenticate(bearer: made.text)
            #expect(principal.address == (try Fixed.address()))
            #expect(principal.sessionID == made.key.current.prefix)
            #expect(principal.expiresAt == made.key.current.endsAt)
            #expect(!principal.isLogin)
            for (text, isGranted) in [
                ("wallet:read", true), ("wallet:write", true), ("agents:chat", true), ("agents:read", false),
                ("vault:unlock", false), ("apikeys:write", false), ("sessions:write", false),
            ] {
                #expect(principal.may(try #require(Permission(text))) == isGranted, "\(text)")
            }
        }
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        let listed = try await gate.credentials().apiKeys(of: owner)
        #expect(listed == [made.key])
        #expect(listed[0].name == "build")
        #expect(listed[0].current.endsAt == Gate.start.adding(seconds: APIKeys.maximumLifetimeSeconds))
        await gate.close()
    }

    @Test("An empty list is a key that may do nothing, and a key for one tool server does nothing elsewhere")
    func powerless() async throws {
        let gate = try await Gate.open()
        let read = try #require(Permission("wallet:read"))
        let nothing = try await gate.authenticator.authenticate(bearer: gate.apiKey([]).text)
        #expect(!nothing.may(read))
        let bound = try await gate.authenticator.authenticate(bearer: gate.apiKey(["*:*"], server: "files").text)
        #expect(!bound.may(read))
        #expect(bound.may(read, server: "files"))
        await gate.close()
    }

    @Test("Neither secret nor key nor name stands in the files")
    func files() async throws {
        let gate = try await Gate.open()
        let made = try await gate.credentials().createAPIKey(
            .init(name: "nightly build", permissions: ["wallet:read"]),
            by: gate.owner(gate.logIn(Fixed.wallet()).token))
        _ = try await gate.authenticator.authenticate(bearer: made.text)
        let parsed = try #require(APIKeyText(parsing: made.text))
        let prefix = Data(parsed.prefix.utf8)
        let files = try gate.folder.contents()
        // The search itself works: the prefix is there.
        #expect(files.contains { $0.bytes.range(of: prefix) != nil })
        let forbidden = [
            Data(made.text.utf8), Data(made.text.utf8.dropFirst(17)), Data(parsed.secret),
            Data(SHA256.hash(parsed.secret)), Data(Hex.encode(parsed.secret).utf8), Data("nightly build".utf8),
        ]
        for file in files {
            for bytes in forbidden { #expect(file.bytes.range(of: bytes) == nil, "\(file.name)") }
        }
        await gate.close()
    }

    @Test("With one bit changed anywhere it opens nothing, and the database is not asked")
    func bits() async throws {
        let gate = try await Gate.open()
        let made = try await gate.apiKey()
        let bytes = Array(made.text.utf8)
        let keys = try #require(APIKeyText(parsing: made.text))
        await gate.database.close()
        for place in bytes.indices {
            for bit in 0..<7 {
                var altered = bytes
                altered[place] ^= 1 << UInt8(bit)
                let text = String(decoding: altered, as: UTF8.self)
                let refused = await refusal(gate, text)
                #expect([.malformed, .signatureInvalid].contains(refused), "\(place) \(bit)")
                #expect(!gate.authenticator.isGenuine(bearer: text))
            }
        }
        for secretByte in keys.secret.indices {
            var secret = keys.secret
            secret[secretByte] ^= 1
            let text = "sgk_\(keys.prefix)_\(Base64.encodeURL(secret + keys.code))"
            #expect(await refusal(gate, text) == .signatureInvalid)
        }
        #expect(gate.authenticator.isGenuine(bearer: made.text))
        #expect(await refusal(gate, made.text) == .unavailable)
    }

    @Test(
        "What is not spelled like a key is none",
        arguments: [
            "sgk_", "sgk__", "sgk_0123456789ab", "sgk_0123456789ab_",
            "sgk_0123456789AB_" + String(repeating: "A", count: 56),
            "sgk_0123456789ab_" + String(repeating: "A", count: 55),
            "sgk_0123456789ab_" + String(repeating: "A", count: 57),
            "sgk_0123456789ab-" + String(repeating: "A", count: 56),
            "SGK_0123456789ab_" + String(repeating: "A", count: 56),
            "sgk_0123456789ab_" + String(repeating: "=", count: 56),
            "sgk_0123456789ag_" + String(repeating: "A", count: 56),
        ])
    func spelling(text: String) async throws {
        let gate = try await Gate.open()
        #expect(APIKeyText(parsing: text) == nil)
        #expect(await refusal(gate, text) == .malformed)
        await gate.close()
    }

    @Test("Another root's key is no key, and one whose row is gone is revoked")
    func unknown() async throws {
        let gate = try await Gate.open()
        let elsewhere = try await Gate.open(root: 8)
        #expect(await refusal(gate, try await elsewhere.apiKey().text) == .signatureInvalid)
        let unknown = gate.apiKeys.secrets.make(random: SystemRandom()).text
        #expect(await refusal(gate, unknown) == .revoked)
        await gate.close()
        await elsewhere.close()
    }

    @Test("It ends on its second, remembered or not", arguments: [3_599, 3_600])
    func expiry(seconds: Int64) async throws {
        for seenBefore in [true, false] {
            let gate = try await Gate.open()
            let made = try await gate.apiKey(expiresAt: Gate.start.adding(seconds: 3_600).iso8601)
            gate.clock.advance(seconds: 3_590)
            if seenBefore { #expect(await refusal(gate, made.text) == nil) }
            gate.clock.advance(seconds: seconds - 3_590)
            #expect(await refusal(gate, made.text) == (seconds < 3_600 ? nil : .expired))
            await gate.close()
        }
    }

    @Test("Revoked it is refused at once, remembered or not, also after a restart, and what it had open is closed")
    func revocation() async throws {
        for seenBefore in [true, false] {
            let gate = try await Gate.open()
            let log = EndedLog()
            let (made, other) = (try await gate.apiKey(), try await gate.apiKey())
            if seenBefore { #expect(await refusal(gate, made.text) == nil) }
            let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
            try await gate.credentials(log: log).revokeAPIKey(made.key.id, by: owner)
            #expect(await refusal(gate, made.text) == .revoked)
            #expect(await refusal(gate, other.text) == nil)
            #expect(log.all == [.some([made.key.current.prefix])])
            #expect(try await gate.credentials().apiKeys(of: owner).map(\.id) == [other.key.id])
            let again = try await keyError { try await gate.credentials().revokeAPIKey(made.key.id, by: owner) }
            #expect(again == .unknown)
            await gate.close()
            let restarted = try await Gate.open(in: gate.folder)
            #expect(await refusal(restarted, made.text) == .revoked)
            #expect(await refusal(restarted, other.text) == nil)
            await restarted.close()
        }
    }

    @Test("A logout with a key removes the key, and leaves nothing behind for a year")
    func logout() async throws {
        let gate = try await Gate.open()
        let made = try await gate.apiKey()
        try await gate.authenticator.logout(gate.authenticator.authenticate(bearer: made.text))
        #expect(await refusal(gate, made.text) == .revoked)
        #expect(try await gate.count("api_keys") == 0)
        let until = try await gate.database.read { tx in
            try tx.first("select max(expires_at) from login_sessions where substr(id, 1, 4) = 'sgk_'") {
                try $0.timestamp(0)
            }
        }
        #expect(until == Gate.start.adding(seconds: APIKeys.revocationSeconds))
        await gate.close()
    }

    @Test("Another wallet can neither see, rotate nor revoke it")
    func otherWallet() async throws {
        let gate = try await Gate.open()
        let made = try await gate.apiKey()
        let stranger = try await gate.owner(gate.logIn(Fixed.wallet(2)).token)
        let credentials = gate.credentials()
        #expect(try await credentials.apiKeys(of: stranger) == [])
        #expect(try await keyError { try await credentials.revokeAPIKey(made.key.id, by: stranger) } == .unknown)
        #expect(try await keyError { try await credentials.rotateAPIKey(made.key.id, by: stranger) } == .unknown)
        #expect(await refusal(gate, made.text) == nil)
        await gate.close()
    }

    @Test("Rotated, the old secret is good until the overlap ends, and not a second longer", arguments: [59, 60, 61])
    func overlap(seconds: Int64) async throws {
        for seenBefore in [true, false] {
            let gate = try await Gate.open()
            let made = try await gate.apiKey()
            if seenBefore { #expect(await refusal(gate, made.text) == nil) }
            let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
            let rotated = try await gate.credentials().rotateAPIKey(made.key.id, overlapSeconds: 60, by: owner)
            #expect(rotated.key.id == made.key.id)
            #expect(rotated.key.previous?.prefix == made.key.current.prefix)
            #expect(rotated.key.current.endsAt == made.key.current.endsAt)
            #expect(await refusal(gate, made.text) == nil)
            gate.clock.advance(seconds: seconds)
            #expect(await refusal(gate, made.text) == (seconds < 60 ? nil : .expired))
            #expect(await refusal(gate, rotated.text) == nil)
            await gate.close()
        }
    }

    @Test("Without an overlap the old secret ends at once; a third rotation ends the first secret")
    func rotations() async throws {
        let gate = try await Gate.open()
        let log = EndedLog()
        let credentials = gate.credentials(log: log)
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        let first = try await gate.apiKey()
        #expect(await refusal(gate, first.text) == nil)
        let second = try await credentials.rotateAPIKey(first.key.id, overlapSeconds: 0, by: owner)
        #expect(await refusal(gate, first.text) == .revoked)
        #expect(second.key.previous == nil)
        #expect(log.all == [.some([first.key.current.prefix])])
        let third = try await credentials.rotateAPIKey(first.key.id, overlapSeconds: 3_600, by: owner)
        let fourth = try await credentials.rotateAPIKey(first.key.id, overlapSeconds: 3_600, by: owner)
        #expect(await refusal(gate, second.text) == .revoked)
        #expect(await refusal(gate, third.text) == nil)
        #expect(await refusal(gate, fourth.text) == nil)
        #expect(try await gate.count("api_keys") == 1)
        #expect(try await gate.count("api_key_secrets") == 2)
        await gate.close()
    }

    @Test("An overlap is none, or from a minute to a week", arguments: [-1, 0, 1, 59, 60, 604_800, 604_801])
    func overlapRange(seconds: Int64) async throws {
        let gate = try await Gate.open()
        let made = try await gate.apiKey()
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        let error = try await keyError {
            try await gate.credentials().rotateAPIKey(made.key.id, overlapSeconds: seconds, by: owner)
        }
        let isGood = seconds == 0 || (60...604_800).contains(seconds)
        #expect(error == (isGood ? nil : .overlapOutOfRange))
        await gate.close()
    }

    @Test("Two keys that draw one prefix get two; the same prefix for ever is refused and changes nothing")
    func collision() async throws {
        let gate = try await Gate.open()
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        let drawn = [UInt8](repeating: 1, count: APIKeyText.randomBytes)
        let twin = Array(drawn.prefix(6)) + [UInt8](repeating: 2, count: 32)
        let request = Credentials.APIKeyRequest(name: "a", permissions: ["wallet:read"])
        let first = try await gate.credentials(random: RepeatingRandom([drawn])).createAPIKey(request, by: owner)
        let second = try await gate.credentials(random: RepeatingRandom([twin])).createAPIKey(request, by: owner)
        #expect(first.key.current.prefix == "sgk_010101010101")
        #expect(second.key.current.prefix != first.key.current.prefix)
        #expect(await refusal(gate, first.text) == nil)
        #expect(await refusal(gate, second.text) == nil)
        let stuck = gate.credentials(random: RepeatingRandom([twin, twin, twin]))
        await #expect(throws: PrefixTaken.self) { _ = try await stuck.createAPIKey(request, by: owner) }
        #expect(try await gate.count("api_keys") == 2)
        // The twin's own secret under the first's prefix is no way in.
        let forged = APIKeyText(random: twin) { prefix, secret in
            Array(repeating: UInt8(prefix.utf8.count + secret.count), count: APIKeyText.codeBytes)
        }
        #expect(await refusal(gate, forged.text) == .signatureInvalid)
        await gate.close()
    }

    @Test("A wallet has 32 keys at most; an expired one makes room")
    func limit() async throws {
        let gate = try await Gate.open()
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        let credentials = gate.credentials()
        let soon = Gate.start.adding(seconds: 60).iso8601
        for number in 0..<APIKeys.maximumPerWallet {
            _ = try await credentials.createAPIKey(
                .init(name: "\(number)", permissions: [], expiresAt: number == 0 ? soon : nil), by: owner)
        }
        let request = Credentials.APIKeyRequest(name: "one more", permissions: [])
        #expect(try await keyError { try await credentials.createAPIKey(request, by: owner) } == .tooMany)
        #expect(try await credentials.apiKeys(of: owner).count == APIKeys.maximumPerWallet)
        gate.clock.advance(seconds: 60)
        _ = try await credentials.createAPIKey(request, by: owner)
        #expect(try await credentials.apiKeys(of: owner).count == APIKeys.maximumPerWallet)
        await gate.close()
    }

    @Test(
        "What is malformed is said to be",
        arguments: [
            ("", [], nil, nil, .malformedName), (String(repeating: "ä", count: 64), [], nil, nil, nil),
            (String(repeating: "ä", count: 65), [], nil, nil, .malformedName), ("a\nb", [], nil, nil, .malformedName),
            ("a", ["wallet"], nil, nil, .malformedPermissions),
            ("a", Array(repeating: "a:b", count: 17), nil, nil, .malformedPermissions),
            ("a", [], "", nil, .malformedServer), ("a", [], "a b", nil, .malformedServer),
            ("a", [], nil, "tomorrow", .malformedExpiry), ("a", [], nil, "2025-11-20T12:00:00Z", .expired),
            ("a", [], nil, "2026-11-20T12:00:01Z", .lifetimeTooLong), ("a", [], nil, "2026-11-20T12:00:00Z", nil),
        ] as [(String, [String], String?, String?, APIKeyError?)])
    func malformed(
        name: String, permissions: [String], server: String?, expiresAt: String?, expected: APIKeyError?
    ) async throws {
        let gate = try await Gate.open()
        #expect(Gate.start.iso8601.hasPrefix("2025-11-20T12:00:00"))
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        let error = try await keyError {
            try await gate.credentials().createAPIKey(
                .init(name: name, permissions: permissions, server: server, expiresAt: expiresAt), by: owner)
        }
        #expect(error == expected)
        await gate.close()
    }
}
