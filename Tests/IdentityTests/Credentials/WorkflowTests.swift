import Cryptography
import Database
import Ethereum
import Foundation
import Primitives
import Synchronization
import Testing

@testable import Identity

/// Tokens as GitHub signs them, right or wrong in one way, under keys that were made for them and thrown away.
struct WorkflowTokens: Sendable {
    /// A wrong token and the refusal that it gets.
    struct Refused: Sendable, CustomTestStringConvertible {
        let name: String
        let error: String
        let token: String

        var testDescription: String { name }
    }

    static let all = try? JSON(
        parsing: Array(
            Data(
                contentsOf: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                    .appending(path: "Vectors/workflow-tokens.json"))))

    static func token(_ name: String) throws -> String {
        try #require(all?["tokens"]?[name]?.string)
    }

    static let refused: [Refused] = (all?["refused"]?.array ?? []).compactMap { entry in
        guard let name = entry["name"]?.string, let error = entry["error"]?.string, let token = entry["token"]?.string
        else { return nil }
        return Refused(name: name, error: error, token: token)
    }
}

/// An issuer's key set that a test changes, and that counts who looks.
final class TestKeySet: KeySetFetcher {
    private let state = Mutex<(set: JSON?, looks: Int)>((nil, 0))

    init(_ name: String? = "jwks") { serve(name) }

    func serve(_ name: String?) {
        state.withLock { $0.set = name.flatMap { WorkflowTokens.all?[$0] } }
    }

    var looks: Int { state.withLock { $0.looks } }

    func keySet(at url: String, maximumBytes: Int) async throws(KeySetFetchFault) -> [UInt8] {
        let set = state.withLock { state in
            state.looks += 1
            return state.set
        }
        guard let set else { throw KeySetFetchFault("unreachable") }
        return set.bytes
    }
}

@Suite("Workflows of registered repositories")
struct WorkflowTests {
    static let issuer = "https://token.actions.githubusercontent.com"

    private func login(_ gate: Gate, _ keys: TestKeySet) throws -> WorkflowLogin {
        WorkflowLogin(
            origin: Gate.origin, issuer: .init(name: WorkflowTests.issuer, keySetURL: "https://keys.example"),
            fetcher: keys, sessionTokens: SessionTokens(keys: gate.keys, origin: Gate.origin), wallets: gate.wallets,
            repositories: gate.repositories, database: gate.database, clock: gate.clock, random: SystemRandom())
    }

    @discardableResult
    private func register(
        _ gate: Gate, wallet: UInt8 = 1, number: String? = nil, ref: String? = "refs/heads/main"
    ) async throws -> Repository {
        try await gate.credentials().register(
            .init(name: "octo-org/Octo-Repo", number: number, ref: ref, permissions: ["wallet:read"]),
            by: gate.owner(gate.logIn(Fixed.wallet(wallet)).token))
    }

    private func error(_ body: () async throws -> some Any) async throws -> WorkflowError? {
        do {
            _ = try await body()
            return nil
        } catch let error as WorkflowError {
            return error
        }
    }

    @Test("A run gets an hour's session of the wallet that registered its repository, once a token")
    func happy() async throws {
        let gate = try await Gate.open()
        let workflows = try login(gate, TestKeySet())
        try await register(gate)
        let token = try WorkflowTokens.token("first")
        let grant = try await workflows.exchange(token: token, repository: "octo-org/octo-repo", wallet: nil)
        #expect(grant.wallet == (try Fixed.address(1)))
        #expect(grant.expiresAt == Gate.start.adding(seconds: 3_600))
        let principal = try await gate.authenticator.authenticate(bearer: grant.token)
        #expect(principal.kind == .workflow)
        #expect(principal.rights == .only([try #require(Permission("wallet:read"))]))
        let again = try await error {
            try await workflows.exchange(token: token, repository: "octo-org/octo-repo", wallet: nil)
        }
        #expect(again == .used)
        let listed = try await gate.credentials().repositories(of: gate.owner(gate.logIn(Fixed.wallet()).token))
        #expect(listed.map(\.number) == ["74"])
        gate.clock.advance(seconds: 3_600)
        #expect(await refusal(gate, grant.token) == .expired)
        await gate.close()
    }

    @Test("There are wrong tokens to try")
    func vectors() {
        #expect(WorkflowTokens.refused.count == 28)
    }

    @Test("What is wrong in one way is refused, and opens nothing", arguments: WorkflowTokens.refused)
    func refused(_ refused: WorkflowTokens.Refused) async throws {
        let gate = try await Gate.open()
        let workflows = try login(gate, TestKeySet())
        try await register(gate, number: "74")
        let found = try await error {
            try await workflows.exchange(token: refused.token, repository: "octo-org/octo-repo", wallet: nil)
        }
        #expect(found.map { String(describing: $0) } == refused.error)
        let sessions = try await gate.database.read { tx in
            try tx.first("select count(*) from login_sessions where substr(id, 1, 4) = 'ghs_'") { try $0.integer(0) }
        }
        #expect(sessions == 0)
        await gate.close()
    }

    @Test("The first run's repository stays the one: another that takes its name is refused")
    func pinning() async throws {
        let gate = try await Gate.open()
        let workflows = try login(gate, TestKeySet())
        try await register(gate)
        func exchange(_ token: String) async throws -> WorkflowError? {
            try await error {
                try await workflows.exchange(token: token, repository: "octo-org/octo-repo", wallet: nil)
            }
        }
        let other = try #require(WorkflowTokens.refused.first { $0.error == "repositoryChanged" })
        #expect(try await exchange(WorkflowTokens.token("first")) == nil)
        #expect(try await exchange(other.token) == .repositoryChanged)
        #expect(try await exchange(WorkflowTokens.token("second")) == nil)
        await gate.close()
    }

    @Test("Where several wallets have registered a repository, the run says which it means")
    func ambiguity() async throws {
        let gate = try await Gate.open()
        let workflows = try login(gate, TestKeySet())
        try await register(gate, wallet: 2)
        try await register(gate, wallet: 1)
        func exchange(_ name: String, _ wallet: String?) async throws -> WorkflowError? {
            try await error {
                try await workflows.exchange(
                    token: WorkflowTokens.token(name), repository: "octo-org/octo-repo", wallet: wallet)
            }
        }
        #expect(try await exchange("first", nil) == .ambiguous)
        #expect(try await exchange("first", Fixed.address(3).lowercase) == .notRegistered)
        #expect(try await exchange("first", "0x12") == .malformedAddress)
        #expect(try await exchange("first", Fixed.address(1).lowercase) == nil)
        let second = try await workflows.exchange(
            token: WorkflowTokens.token("second"), repository: "octo-org/octo-repo",
            wallet: Fixed.address(2).checksummed)
        #expect(second.wallet == (try Fixed.address(2)))
        await gate.close()
    }

    @Test(
        "A ref is compared byte for byte, not as text",
        arguments: [
            ("refs/heads/K", "refs/heads/K", true), ("refs/heads/K", "refs/heads/\u{212A}", false),
            ("refs/heads/a;b", "refs/heads/a\u{37E}b", false), ("refs/heads/main", "refs/heads/Main", false),
            ("refs/heads/main", nil, false), (nil, "refs/heads/main", true), (nil, nil, true),
        ] as [(String?, String?, Bool)])
    func refs(registered: String?, run: String?, isAllowed: Bool) {
        let repository = Repository(
            id: "rep_1", wallet: WalletID(1), name: "a/b", number: nil, ref: registered, permissions: [],
            createdAt: Gate.start)
        #expect(repository.allows(run) == isAllowed)
    }

    @Test("A contract's wallet is found by its address too, after the key's at the same address")
    func contracts() async throws {
        let gate = try await Gate.open()
        let workflows = try login(gate, TestKeySet())
        let address = try Fixed.address(5)
        let entry = gate.wallets.entry(for: address, holder: .contract(chainID: 10), random: SystemRandom())
        let contract = try await gate.database.write { tx in
            let wallet = try gate.wallets.findOrCreate(entry, at: Gate.start, in: tx)
            let repository = Repository(
                id: "rep_contract", wallet: wallet, name: "octo-org/octo-repo", number: nil, ref: nil,
                permissions: [try #require(Permission("wallet:read"))], createdAt: Gate.start)
            _ = try gate.repositories.insert(repository, random: [UInt8](repeating: 1, count: 16), in: tx)
            return wallet
        }
        try await register(gate, wallet: 2)
        func wallet(_ name: String) async throws -> WalletID {
            let grant = try await workflows.exchange(
                token: WorkflowTokens.token(name), repository: "octo-org/octo-repo", wallet: address.lowercase)
            #expect(grant.wallet == address)
            return try await gate.authenticator.authenticate(bearer: grant.token).walletID
        }
        #expect(try await wallet("first") == contract)
        try await register(gate, wallet: 5)
        #expect(try await wallet("second") != contract)
        await gate.close()
    }

    @Test("A removed registration ends its sessions, and everything that is ended ends registrations")
    func removal() async throws {
        for everything in [false, true] {
            let gate = try await Gate.open()
            let workflows = try login(gate, TestKeySet())
            let repository = try await register(gate)
            let grant = try await workflows.exchange(
                token: WorkflowTokens.token("first"), repository: "octo-org/octo-repo", wallet: nil)
            #expect(await refusal(gate, grant.token) == nil)
            let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
            if everything {
                #expect(try await gate.credentials().revokeAll(.init(), by: owner).repositories == 1)
            } else {
                let stranger = try await gate.owner(gate.logIn(Fixed.wallet(2)).token)
                let foreign = try await error {
                    try await gate.credentials().removeRepository(repository.id, by: stranger)
                }
                #expect(foreign == .unknownRepository)
                try await gate.credentials().removeRepository(repository.id, by: owner)
            }
            #expect(await refusal(gate, grant.token) == .revoked)
            let after = try await error {
                try await workflows.exchange(
                    token: WorkflowTokens.token("second"), repository: "octo-org/octo-repo", wallet: nil)
            }
            #expect(after == .notRegistered)
            await gate.close()
        }
    }

    @Test("Keys are fetched once, again for an unknown name after a pause, and the last good set stays")
    func keySets() async throws {
        let gate = try await Gate.open()
        let keys = TestKeySet(nil)
        let workflows = try login(gate, keys)
        try await register(gate, ref: nil)
        func exchange(_ name: String) async throws -> WorkflowError? {
            try await error {
                try await workflows.exchange(
                    token: WorkflowTokens.token(name), repository: "octo-org/octo-repo", wallet: nil)
            }
        }
        #expect(try await exchange("first") == .keysUnavailable)
        keys.serve("jwks")
        #expect(try await exchange("first") == .keysUnavailable)
        #expect(keys.looks == 1)
        gate.clock.advance(seconds: 30)
        #expect(try await exchange("first") == nil)
        keys.serve("rotated")
        #expect(try await exchange("rotated") == .signatureInvalid)
        #expect(keys.looks == 2)
        gate.clock.advance(seconds: 29)
        #expect(try await exchange("rotated") == .signatureInvalid)
        #expect(keys.looks == 2)
        gate.clock.advance(seconds: 1)
        #expect(try await exchange("rotated") == nil)
        #expect(keys.looks == 3)
        keys.serve(nil)
        gate.clock.advance(seconds: 60)
        // A key that is gone from the set is gone, and a set that cannot be had leaves the last one.
        #expect(try await exchange("third") == .signatureInvalid)
        #expect(keys.looks == 4)
        await gate.close()
    }

    @Test("Without an issuer nothing is exchanged, and nobody is asked")
    func off() async throws {
        let gate = try await Gate.open()
        let keys = TestKeySet()
        let workflows = WorkflowLogin(
            origin: Gate.origin, issuer: nil, fetcher: keys,
            sessionTokens: SessionTokens(keys: gate.keys, origin: Gate.origin), wallets: gate.wallets,
            repositories: gate.repositories, database: gate.database, clock: gate.clock, random: SystemRandom())
        let found = try await error {
            try await workflows.exchange(token: WorkflowTokens.token("first"), repository: "a/b", wallet: nil)
        }
        #expect(found == .off)
        #expect(keys.looks == 0)
        await gate.close()
    }

    @Test(
        "Only a login registers, what it has itself, under a name that can be one",
        arguments: [
            ("octo-org/octo-repo", nil, nil, ["wallet:read"], nil),
            ("octo", nil, nil, ["wallet:read"], .malformedRepository),
            ("a/b/c", nil, nil, ["wallet:read"], .malformedRepository),
            ("/b", nil, nil, ["wallet:read"], .malformedRepository),
            ("a b/c", nil, nil, ["wallet:read"], .malformedRepository),
            ("a/b", "7x", nil, ["wallet:read"], .malformedRepository),
            ("a/b", "", nil, ["wallet:read"], .malformedRepository),
            ("a/b", nil, "main", ["wallet:read"], .malformedRepository), ("a/b", nil, nil, [], .malformedPermissions),
            ("a/b", nil, nil, ["wallet"], .malformedPermissions),
        ] as [(String, String?, String?, [String], WorkflowError?)])
    func registering(
        name: String, number: String?, ref: String?, permissions: [String], expected: WorkflowError?
    ) async throws {
        let gate = try await Gate.open()
        let request = Credentials.RepositoryRequest(name: name, number: number, ref: ref, permissions: permissions)
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        #expect(try await error { try await gate.credentials().register(request, by: owner) } == expected)
        let key = try await gate.owner(gate.apiKey(["github:*", "*:*"]).text)
        #expect(try await error { try await gate.credentials().register(request, by: key) } == .loginRequired)
        await gate.close()
    }
}
