import DatabaseFixtures
import HTTPTypes
import Primitives
import Testing

@Suite("The faucet gives test money within its limits, once for each key", .onEveryEngine)
struct FaucetTests {
    @Test(
        "It gives from a cent to a hundred dollars at a time",
        arguments: [
            ("10000", 200, nil), ("100000000", 200, nil), ("9999", 400, "faucet_amount"),
            ("100000001", 400, "faucet_amount"), ("0", 400, "faucet_amount"),
            ("9007199254740991", 400, "faucet_amount"), ("9007199254740992", 400, "faucet_amount"),
            ("9999999999999999", 400, "faucet_amount"), ("10000000000000000", 400, "invalid_request"),
            ("010000", 400, "invalid_request"), ("-10000", 400, "invalid_request"), ("+10000", 400, "invalid_request"),
            ("1e6", 400, "invalid_request"), ("10000.0", 400, "invalid_request"), ("", 400, "invalid_request"),
            (" 10000", 400, "invalid_request"), ("0x2710", 400, "invalid_request"), ("１００００", 400, "invalid_request"),
        ] as [(String, Int, String?)])
    func amounts(text: String, status: Int, code: String?) async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let answer = try await visitor.send(.post, "/wallet/faucet", json: ["amount": .string(text)])
            #expect(answer.status == status)
            #expect(answer.code == code)
            #expect(try await visitor.available() == (status == 200 ? Int64(text) : 0))
        }
    }

    @Test("Amounts are texts: numbers are refused, nothing is booked")
    func types() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            for amount in [10_000, nil, [10_000], true, .number("10000.0"), ["amount": "10000"]] as [JSON] {
                try await visitor.send(.post, "/wallet/faucet", json: ["amount": amount]).expect(400, "invalid_request")
            }
            #expect(try await visitor.get("/wallet/transactions")["total"] == 0)
        }
    }

    @Test("A hundred dollars a UTC day, told when the next day begins")
    func dailyCap() async throws {
        let clock = ManualClock(try #require(Timestamp(iso8601: "2026-09-01T23:59:00Z")))
        try await withGateway(clock: clock) { gateway in
            let (visitor, other) = (try await gateway.visitor(), try await gateway.visitor())
            try await visitor.fund(60_000_000).good()
            let refused = try await visitor.fund(40_000_001)
            refused.expect(429, "faucet_daily_cap")
            #expect(refused["remaining"] == "40000000")
            #expect(refused.fields["Retry-After"] == "60")
            try await visitor.fund(40_000_000).good()
            try await visitor.fund(10_000).expect(429, "faucet_daily_cap")
            try await other.fund(100_000_000).good()
            clock.advance(seconds: 59)
            try await visitor.fund(10_000).expect(429, "faucet_daily_cap")
            clock.advance(seconds: 1)
            try await visitor.fund(100_000_000).good()
            #expect(try await visitor.available() == 200_000_000)
        }
    }

    @Test("The same key and amount is answered again, to the byte, and booked once")
    func replay() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let first = try await visitor.fund(20_000, idempotencyKey: "once").good()
            try await visitor.fund(30_000).good()
            let second = try await visitor.fund(20_000, idempotencyKey: "once").good()
            #expect(second.body == first.body)
            #expect(try await visitor.available() == 50_000)
            #expect(try await visitor.get("/wallet/transactions")["total"] == 2)
        }
    }

    @Test("The same key with another amount is a conflict, and changes nothing")
    func conflict() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.fund(20_000, idempotencyKey: "k").good()
            let before = try await visitor.snapshot()
            try await visitor.fund(20_001, idempotencyKey: "k").expect(409, "idempotency_conflict")
            #expect(try await visitor.snapshot() == before)
        }
    }

    @Test("Keys of different wallets never meet")
    func scope() async throws {
        try await withGateway { gateway in
            let (one, two) = (try await gateway.visitor(), try await gateway.visitor())
            try await one.fund(20_000, idempotencyKey: "k").good()
            try await two.fund(30_000, idempotencyKey: "k").good()
            #expect(try await one.available() == 20_000)
            #expect(try await two.available() == 30_000)
        }
    }

    @Test("A refused request does not use its key up")
    func refusedKey() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.fund(1, idempotencyKey: "k").expect(400, "faucet_amount")
            try await visitor.fund(20_000, idempotencyKey: "k").good()
        }
    }

    @Test("Of many at once with one key one is booked, and all are told the same")
    func concurrentReplays() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<12 { group.addTask { try await visitor.fund(20_000, idempotencyKey: "k").good().body } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(bodies.count == 1)
            #expect(try await visitor.available() == 20_000)
        }
    }

    @Test("Many at once never pass the daily cap")
    func concurrentCap() async throws {
        try await withGateway(clock: ManualClock(TestGateway.epoch)) { gateway in
            let visitor = try await gateway.visitor()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<12 { group.addTask { try await visitor.fund(30_000_000).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 3)
            #expect(statuses.count { $0 == 429 } == 9)
            #expect(try await visitor.available() == 90_000_000)
        }
    }

    @Test(
        "A key is visible ASCII, at most 255 of it, and stands once",
        arguments: [
            ("", 400), ("a b", 400), (String(repeating: "k", count: 256), 400),
            (String(repeating: "k", count: 255), 200),
        ])
    func keyForms(key: String, status: Int) async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            #expect(try await visitor.fund(20_000, idempotencyKey: key).status == status)
            let twice = try await visitor.send(
                .post, "/wallet/faucet", json: ["amount": "20000"],
                fields: [("Idempotency-Key", "a"), ("Idempotency-Key", "a")])
            twice.expect(400, "invalid_request")
        }
    }

    @Test("An answer outlives a restart")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let (key, first) = try await withGateway(in: folder) { gateway in
            let visitor = try await gateway.visitor()
            return (visitor.key, try await visitor.fund(20_000, idempotencyKey: "k").good())
        }
        try await withGateway(in: folder) { gateway in
            let visitor = try await gateway.visitor(key)
            #expect(try await visitor.fund(20_000, idempotencyKey: "k").good().body == first.body)
            #expect(try await visitor.available() == 20_000)
        }
    }
}
