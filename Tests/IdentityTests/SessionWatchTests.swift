import Cryptography
import Database
import DatabaseFixtures
import Ethereum
import Glibc
import Primitives
import Synchronization
import Testing

@testable import Identity

@Suite("Nodes that share a database")
struct SessionWatchTests {
    /// Two nodes under one root on a database of their own.
    private func pair(root: (UInt8, UInt8) = (7, 7)) async throws -> (Gate, Gate) {
        try await TestEngine.$current.withValue(.postgresql) {
            let first = try await Gate.open(root: root.0, isNode: true)
            return (first, try await Gate.open(in: first.folder, root: root.1, isNode: true))
        }
    }

    private func watch(_ gate: Gate) throws -> SessionWatch { try #require(gate.authenticator.watch) }

    private func person() throws -> WalletKey {
        try #require(WalletKey(try Secret(copying: [UInt8](repeating: 3, count: 32))))
    }

    /// Both know one another's keys.
    private func introduce(_ gates: Gate...) async throws {
        for gate in gates { try await watch(gate).publishKeys() }
        for gate in gates { try await watch(gate).trust(.sharedRoot) }
    }

    @Test("what one node signs and revokes the other accepts, and refuses after its next look")
    func revocation() async throws {
        let (first, second) = try await pair()
        try await introduce(first, second)
        let token = try await first.logIn(person()).token
        let principal = try await second.authenticator.authenticate(bearer: token)
        try await first.authenticator.logout(principal)
        #expect(await refusal(second, token) == nil, "not looked yet")
        let ended = Mutex<[String]>([])
        try watch(second).onEnded { id in ended.withLock { $0.append(id) } }
        try await watch(second).look()
        #expect(await refusal(second, token) == .revoked)
        #expect(ended.withLock { $0 } == [principal.sessionID], "what hangs on the session goes at this node, too")
        await first.close()
        await second.close()
    }

    @Test("a revocation that is committed after a later one is not missed")
    func lateCommit() async throws {
        let (first, second) = try await pair()
        try await introduce(first, second)
        let tokens = [try await first.logIn(person()).token, try await first.logIn(person()).token]
        var principals: [Principal] = []
        for token in tokens { principals.append(try await second.authenticator.authenticate(bearer: token)) }
        let gate = Pause()
        let slow = Task { [principals] in
            try await first.database.write { tx in
                try Sessions().revoke(principals[0], at: Gate.start, in: tx)
                gate.wait()
            }
        }
        await gate.reached()
        try await first.authenticator.logout(principals[1])
        for _ in 0..<3 { try await watch(second).look() }
        #expect(await refusal(second, tokens[1]) == .revoked)
        #expect(await refusal(second, tokens[0]) == nil)
        gate.open()
        try await slow.value
        try await watch(second).look()
        #expect(await refusal(second, tokens[0]) == .revoked)
        await first.close()
        await second.close()
    }

    @Test("all wallet tokens that a mark ends are refused at the other node")
    func marks() async throws {
        let (first, second) = try await pair()
        let wallet = try await first.logIn(person()).walletID
        let until = Gate.start.adding(seconds: 86_400)
        try await first.database.write { tx in
            try tx.execute(
                "insert into wallet_token_marks (wallet_id, refused_until) values ($1, $2)",
                [.wallet(wallet), .timestamp(until)])
        }
        let principal = Principal(
            walletID: wallet, address: try person().address, sessionID: "wtk_x", expiresAt: until)
        #expect(!second.authenticator.isRevoked(principal))
        try await watch(second).look()
        #expect(second.authenticator.isRevoked(principal))
        await first.close()
        await second.close()
    }

    @Test(
        "a node whose last look is too old lets nobody in, and lets in again after a look",
        arguments: [(999, true), (1_000, false), (1_001, false)])
    func stale(milliseconds: UInt64, isCurrent: Bool) async throws {
        let (first, second) = try await pair()
        let mark = try await first.database.read { try ChangeFeed().mark(in: $0) }
        let time = Mutex<UInt64>(5_000_000_000)
        let watch = SessionWatch(
            database: first.database, revoked: RevokedSessions(), keys: first.keys,
            nodes: try NodeKeys(keys: first.tree), clock: first.clock, from: mark,
            monotonic: { time.withLock { $0 } })
        time.withLock { $0 += milliseconds * 1_000_000 }
        #expect(watch.isCurrent == isCurrent)
        try await watch.look()
        #expect(watch.isCurrent)
        await first.close()
        await second.close()
    }

    @Test("a token is not looked at by a node that is cut off: 503, not 401")
    func failClosed() async throws {
        let (first, second) = try await pair()
        let token = try await first.logIn(person()).token
        _ = try await first.authenticator.authenticate(bearer: token)
        await first.database.close()
        let limit = Monotonic.nanoseconds() + 5_000_000_000
        while try watch(first).isCurrent, Monotonic.nanoseconds() < limit { await Task.yield() }
        #expect(await refusal(first, token) == .unavailable)
        #expect(await refusal(first, token + "x") == .unavailable)
        await #expect(throws: DatabaseError.closed) { try await watch(first).look() }
        await second.close()
    }

    @Test("a key whose row was altered, prolonged or made under another root is not adopted")
    func forgedKeys() async throws {
        let changes = [
            "update node_keys set accepted_until = accepted_until + 1", "update node_keys set kid = 'other'",
            "update node_keys set code = set_byte(code, 0, get_byte(code, 0) # 1)",
            "update node_keys set public_key = set_byte(public_key, 9, get_byte(public_key, 9) # 1)",
        ]
        for change in changes + [nil] {
            let (first, second) = try await pair(root: change == nil ? (7, 8) : (7, 7))
            try await watch(first).publishKeys()
            if let change {
                try TestPlace.schema(of: first.folder.file("gate.db")).run(change)
            }
            #expect(try await watch(second).trust(.sharedRoot) == 0, "\(change ?? "another root")")
            #expect(second.keys.published.keys.count == 1)
            await first.close()
            await second.close()
        }
    }

    @Test("where evidence decides, the shared root lets no key in, and keeps one that evidence let in")
    func evidence() async throws {
        let (first, second) = try await pair()
        try await watch(first).publishKeys()
        try await watch(second).trust(.evidence)
        try await watch(second).look()
        #expect(second.keys.published.keys.count == 1)
        let key = try #require(first.keys.published.keys.first)
        second.keys.adopt(key, until: Gate.start.adding(seconds: 1), at: Gate.start)
        try await watch(second).trust(.evidence)
        second.keys.forgetExpired(at: Gate.start.adding(seconds: 2))
        #expect(second.keys.published[key.thumbprint] != nil)
        await first.close()
        await second.close()
    }
}

/// Keeps a body from going on until a test says so; a repetition passes.
private final class Pause: Sendable {
    private let state = Mutex((reached: false, open: false))

    func wait() {
        state.withLock { $0.reached = true }
        while !state.withLock({ $0.open }) { sched_yield() }
    }

    func reached() async {
        while !state.withLock({ $0.reached }) { await Task.yield() }
    }

    func open() { state.withLock { $0.open = true } }
}
