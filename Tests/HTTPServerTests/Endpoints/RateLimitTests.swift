import HTTPTypes
import Primitives
import Synchronization
import Testing

@testable import HTTPServer

@Suite("Requests are counted by address and by wallet")
struct RateLimitTests {
    private let bearer: HTTPFields = ["Authorization": "Bearer all"]

    private func limits(_ group: RateGroup, _ counted: RateLimits.Counted, _ text: String) -> RateLimits {
        var limits = RateLimits()
        limits[group, counted] = RateQuota(text)
        return limits
    }

    private func route(_ path: String, _ access: Endpoint.Access, _ group: RateGroup) -> Endpoint {
        Endpoint(
            .get, path, area: "Test", summary: "Answers.", access: access, answer: .json(200, .object([], isOpen: true))
        ) { _ in .json(["ok": true]) }.rated(group)
    }

    @Test("an address has its quota; the next request is told when to come back", arguments: [Carrier.memory, .socket])
    func address(carrier: Carrier) async throws {
        let open = route("/open", .anyone, .login)
        try await withApplication(carrier, [open], limits: limits(.login, .address, "3/60")) { application in
            for left in [2, 1, 0] {
                let answer = try await application.send(.get, "/open")
                #expect(answer.status == 200)
                #expect(answer.fields["RateLimit"]?.hasPrefix("\"login-address\";r=\(left);t=") == true)
                #expect(answer.fields["RateLimit-Policy"] == "\"login-address\";q=3;w=60")
            }
            let refused = try await application.send(.get, "/open")
            #expect(refused.status == 429)
            #expect(refused.code == "RATE_LIMITED")
            let wait = try #require(refused.fields["Retry-After"].flatMap { Int($0) })
            #expect((1...20).contains(wait))
            #expect(refused.fields["RateLimit"]?.hasPrefix("\"login-address\";r=0;") == true)
        }
    }

    @Test("a wallet has its quota whatever its routes, and a bad token uses none of it")
    func wallet() async throws {
        let routes = [
            route("/one", .wallet(permission: nil), .general), route("/two", .wallet(permission: nil), .general),
        ]
        try await withApplication(.memory, routes, limits: limits(.general, .wallet, "2/60")) { application in
            for _ in 0..<5 {
                let refused = try await application.send(.get, "/one", ["Authorization": "Bearer bad"])
                #expect(refused.status == 401)
                #expect(refused.fields["RateLimit"] == nil)
            }
            #expect(try await application.send(.get, "/one", bearer).status == 200)
            #expect(try await application.send(.get, "/two", bearer).status == 200)
            #expect(try await application.send(.get, "/one", bearer).status == 429)
        }
    }

    @Test("an address is counted before its token is looked at, so guessing is bounded")
    func guessing() async throws {
        let closed = route("/closed", .wallet(permission: nil), .general)
        try await withApplication(.memory, [closed], limits: limits(.general, .address, "2/60")) { application in
            for expected in [401, 401, 429] {
                let answer = try await application.send(.get, "/closed", ["Authorization": "Bearer bad"])
                #expect(answer.status == expected)
            }
        }
    }

    @Test("a group whose quota all nodes share asks the database, and only for a known wallet")
    func exact() async throws {
        let money = route("/money", .wallet(permission: nil), .money)
        let quota = try #require(RateQuota("1/60"))
        let used = Atomic<Int64>(0)
        try await withApplication(
            .memory, [money], limits: limits(.money, .wallet, quota.text),
            countExactly: { group, wallet in
                #expect(group == .money)
                #expect(wallet == WalletID(7))
                return quota.take(at: 0, fullAt: used.add(1, ordering: .relaxed).oldValue * 60_000_000)
            }
        ) { application in
            #expect(try await application.send(.get, "/money", ["Authorization": "Bearer bad"]).status == 401)
            #expect(try await application.send(.get, "/money", bearer).status == 200)
            let refused = try await application.send(.get, "/money", bearer)
            #expect(refused.status == 429)
            #expect(refused.fields["RateLimit-Policy"] == "\"money-wallet\";q=1;w=60")
        }
    }

    @Test("routes without limits are never refused, and say nothing of quotas")
    func unlimited() async throws {
        var limits = RateLimits()
        for group in RateGroup.allCases { limits[group, .address] = RateQuota("1/60") }
        limits[.unlimited, .address] = nil
        try await withApplication(.memory, [route("/health", .anyone, .unlimited)], limits: limits) { application in
            for _ in 0..<3 {
                let answer = try await application.send(.get, "/health")
                #expect(answer.status == 200)
                #expect(answer.fields["RateLimit"] == nil)
            }
        }
    }

    @Test("of several quotas the one nearest its end is told")
    func tightest() async throws {
        var limits = limits(.general, .address, "100/60")
        limits[.general, .wallet] = RateQuota("10/60")
        let closed = route("/closed", .wallet(permission: nil), .general)
        try await withApplication(.memory, [closed], limits: limits) { application in
            let answer = try await application.send(.get, "/closed", bearer)
            #expect(answer.fields["RateLimit"]?.hasPrefix("\"general-wallet\";r=9;") == true)
        }
    }
}

@Suite("The table of buckets is bounded")
struct RateTableTests {
    private func key(_ number: UInt32) -> RateTable.Key {
        RateTable.Key(group: .login, subject: .address(.v4(number)))
    }

    @Test("however many addresses come, it holds two generations at most")
    func bounded() throws {
        let quota = try #require(RateQuota("1/60"))
        var table = RateTable(capacity: 100, turnSeconds: 60)
        for number in 0..<10_000 { _ = table.take(key(UInt32(number)), of: quota, at: 1) }
        #expect(table.count <= 200)
    }

    @Test("a bucket is remembered for its whole window, across the turn of generations")
    func remembered() throws {
        let quota = try #require(RateQuota("2/60"))
        var table = RateTable(capacity: 100, turnSeconds: 60)
        let second: Int64 = 1_000_000
        let first = table.take(key(1), of: quota, at: 100 * second)
        let other = table.take(key(1), of: quota, at: 159 * second)
        let third = table.take(key(1), of: quota, at: 161 * second)
        let fourth = table.take(key(1), of: quota, at: 162 * second)
        #expect([first, other, third, fourth].map(\.isAllowed) == [true, true, true, false])
    }

    @Test("an IPv6 customer's /64 is one address")
    func prefix() throws {
        let one = PeerAddress(try #require(IPAddress("2001:db8:1:2::1")), port: 1)
        let other = PeerAddress(try #require(IPAddress("2001:db8:1:2:ffff::9")), port: 2)
        let next = PeerAddress(try #require(IPAddress("2001:db8:1:3::1")), port: 1)
        #expect(one.network == other.network)
        #expect(one.network != next.network)
    }
}
