import DatabaseFixtures
import Ethereum
import HTTPTypes
import Primitives
import Testing

@Suite("Balance and transactions tell one story", .onEveryEngine)
struct BalanceTests {
    @Test("A wallet that never had money has none")
    func empty() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            #expect(
                try await visitor.get("/wallet/balance").good().json == [
                    "availableBalance": "0", "availableBalanceUsd": "$0.00", "walletAddress": .string(visitor.address),
                    "held": "0", "unsettledSpend": "0", "developmentCredits": "0", "agentSpends": [:],
                ])
            #expect(
                try await visitor.get("/wallet/transactions").good().json == [
                    "transactions": [], "total": 0, "hasMore": false,
                ])
        }
    }

    @Test("available = developmentCredits - unsettledSpend - held, and transactions add up to it")
    func identity() async throws {
        try await withGateway(clock: ManualClock(TestGateway.epoch)) { gateway in
            let visitor = try await gateway.visitor()
            for amount in [10_000, 2_345_678, 99] as [Int64] { try await visitor.fund(amount) }
            let balance = try await visitor.get("/wallet/balance").good()
            #expect(balance["availableBalance"] == "2355678")
            #expect(balance["availableBalanceUsd"] == "$2.355678")
            #expect(balance["developmentCredits"] == "2355678")
            let rows = try await visitor.get("/wallet/transactions").good()["transactions"].array ?? []
            #expect(rows.compactMap { $0["amount"]?.string } == ["2345678", "10000"])
            #expect(rows.compactMap { $0["balance"]?.string } == ["2355678", "10000"])
            for row in rows {
                #expect(row["type"] == "faucet")
                #expect(row["status"] == "completed")
                #expect(row["timestamp"]?.string == TestGateway.epoch.iso8601)
                #expect(row["createdAt"] == row["timestamp"])
                #expect(row["agentId"] == nil)
            }
        }
    }

    @Test("Pages: newest first, none twice, none left out; total and hasMore are right")
    func pages() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            for count in 1...7 as ClosedRange<Int64> { try await visitor.fund(10_000 + count).good() }
            var seen: [String] = []
            for (offset, size, more) in [(0, 3, true), (3, 3, true), (6, 1, false), (7, 0, false)] {
                let page = try await visitor.get("/wallet/transactions?limit=3&offset=\(offset)").good()
                let amounts = (page["transactions"].array ?? []).compactMap { $0["amount"]?.string }
                #expect(amounts.count == size)
                #expect(page["hasMore"] == .bool(more))
                #expect(page["total"] == 7)
                seen += amounts
            }
            #expect(seen == (1...7).reversed().map { String(10_000 + $0) })
        }
    }

    @Test(
        "Limits of a page are inclusive; anything else is refused and named",
        arguments: [
            ("limit=1", 200), ("limit=100", 200), ("limit=001", 200), ("offset=0", 200), ("offset=100000", 200),
            ("", 200), ("other=1", 200), ("limit=0", 400), ("limit=101", 400), ("limit=1000", 400), ("limit=-1", 400),
            ("limit=", 400), ("limit=x", 400), ("limit=1&limit=1", 400), ("limit=1%00", 400), ("limit=%31", 200),
            ("offset=100001", 400), ("offset=999999", 400), ("offset=1000000", 400), ("offset=-1", 400),
            ("limit=1.0", 400), ("limit=9223372036854775808", 400), ("limit=+1", 400),
        ])
    func limits(query: String, status: Int) async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let answer = try await visitor.get("/wallet/transactions?\(query)")
            #expect(answer.status == status)
            if status == 400 {
                answer.expect(400, "invalid_request")
                #expect(["limit", "offset", "query"].contains { (answer["message"].string ?? "").contains($0) })
            }
        }
    }

    @Test("No wallet sees another's money")
    func separation() async throws {
        try await withGateway { gateway in
            let (one, two) = (try await gateway.visitor(), try await gateway.visitor())
            try await one.fund(20_000)
            #expect(try await two.available() == 0)
            #expect(try await two.get("/wallet/transactions")["total"] == 0)
        }
    }

    @Test("Money outlives a restart; a wallet is known by its address, however it logs in")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let key = try await withGateway(in: folder) { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.fund(20_000)
            return visitor.key
        }
        try await withGateway(in: folder) { gateway in
            let found = try await gateway.visitor(key).available()
            #expect(found == 20_000)
        }
    }

    @Test("Addresses stand nowhere in the data folder as text or as bytes")
    func addressesAreSealed() async throws {
        let folder = try TemporaryFolder()
        let address = try await withGateway(in: folder) { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.fund(20_000)
            return visitor.key.address
        }
        for (name, bytes) in try folder.files() {
            for form in [address.bytes, Array(address.lowercase.dropFirst(2).utf8), Array(address.checksummed.utf8)] {
                #expect(bytes.firstRange(of: form) == nil, "\(name)")
            }
        }
    }
}
