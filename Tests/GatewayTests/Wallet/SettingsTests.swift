import DatabaseFixtures
import HTTPTypes
import Primitives
import Testing

@Suite("Settings are the clients' own, merged, bounded and sealed", .onEveryEngine)
struct SettingsTests {
    /// What is there of itself.
    private static let computed: [JSON.Member] = [.init("plan", "byok"), .init("anthropicApiKeyConfigured", false)]

    private func own(_ answer: Answer) -> JSON {
        .object(
            (answer.json.members ?? []).filter { member in
                !SettingsTests.computed.contains { $0.name == member.name }
            })
    }

    @Test("A new wallet has none but what the gateway computes")
    func empty() async throws {
        try await withGateway { gateway in
            let settings = try await gateway.visitor().get("/wallet/settings").good()
            #expect(settings.json == .object(SettingsTests.computed))
        }
    }

    @Test("A change replaces what it names, null removes it, the rest stays; the answer is the whole")
    func merge() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let steps: [(change: JSON, whole: JSON)] = [
                (["a": 1, "b": ["x": [1, 2]], "c": "ü"], ["a": 1, "b": ["x": [1, 2]], "c": "ü"]),
                (["a": 2, "d": .number("1.50")], ["a": 2, "b": ["x": [1, 2]], "c": "ü", "d": .number("1.50")]),
                (["b": nil, "none": nil], ["a": 2, "c": "ü", "d": .number("1.50")]),
                ([:], ["a": 2, "c": "ü", "d": .number("1.50")]),
                (["b": ["y": nil]], ["a": 2, "c": "ü", "d": .number("1.50"), "b": ["y": nil]]),
                (["a": nil, "b": nil, "c": nil, "d": nil], [:]),
            ]
            for (change, whole) in steps {
                #expect(own(try await visitor.send(.put, "/wallet/settings", json: change).good()) == whole)
                #expect(own(try await visitor.get("/wallet/settings").good()) == whole)
            }
        }
    }

    @Test("Two names of one setting: either is taken, both are shown, either removes")
    func alias() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let both: JSON = ["improveSchedule": "daily", "selfImprovementSchedule": "daily"]
            for name in ["improveSchedule", "selfImprovementSchedule"] {
                let set = try await visitor.send(.put, "/wallet/settings", json: .object([.init(name, "daily")]))
                #expect(own(set) == both)
                let removed = try await visitor.send(.put, "/wallet/settings", json: .object([.init(name, nil)]))
                #expect(own(removed) == [:])
            }
            // A form that sends back all it was given.
            try await visitor.send(.put, "/wallet/settings", json: both).good()
            let again = try await visitor.get("/wallet/settings").good()
            #expect(own(try await visitor.send(.put, "/wallet/settings", json: again.json)) == both)
        }
    }

    @Test("What the gateway computes cannot be set")
    func computedMembers() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let answer = try await visitor.send(
                .put, "/wallet/settings", json: ["plan": "operator", "anthropicApiKeyConfigured": true, "a": 1])
            #expect(answer.json == .object([.init("a", 1)] + SettingsTests.computed))
            try await visitor.storeKey().good()
            #expect(try await visitor.get("/wallet/settings")["anthropicApiKeyConfigured"] == true)
        }
    }

    @Test("At most 128 settings, and at most 16384 bytes of them; a change that would pass is refused whole")
    func limits() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let many = (1...128).map { JSON.Member("s\($0)", 1) }
            try await visitor.send(.put, "/wallet/settings", json: .object(many)).good()
            let before = try await visitor.snapshot()
            try await visitor.send(.put, "/wallet/settings", json: ["extra": 1]).expect(400, "settings_too_large")
            #expect(try await visitor.snapshot() == before)
            try await visitor.send(.put, "/wallet/settings", json: ["s1": nil, "extra": 1]).good()
        }
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            // Together with its frame {"a":"..."} exactly the limit, in two steps: a body has a limit of its own.
            let half = String(repeating: "x", count: 8_000)
            let rest = 16_384 - #"{"a":"","b":""}"#.utf8.count - 8_000
            try await visitor.send(.put, "/wallet/settings", json: ["a": .string(half)]).good()
            let over = String(repeating: "y", count: rest + 1)
            try await visitor.send(.put, "/wallet/settings", json: ["b": .string(over)]).expect(
                400, "settings_too_large")
            try await visitor.send(.put, "/wallet/settings", json: ["b": .string(String(over.dropLast()))]).good()
        }
    }

    @Test(
        "Settings are an object; nothing else changes anything",
        arguments: [[], "a", 1, nil, true, [["a": 1]]] as [JSON])
    func types(body: JSON) async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.send(.put, "/wallet/settings", json: body).expect(400, "invalid_request")
        }
    }

    @Test("Changes at the same time are all kept")
    func concurrent() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<16 {
                    group.addTask {
                        let change = JSON.object([.init("s\(index)", .integer(Int64(index)))])
                        try await visitor.send(.put, "/wallet/settings", json: change).good()
                    }
                }
                try await group.waitForAll()
            }
            let whole = own(try await visitor.get("/wallet/settings"))
            #expect(Set(whole.members ?? []) == Set((0..<16).map { .init("s\($0)", .integer(Int64($0))) }))
        }
    }

    @Test("They outlive a restart, are another wallet's business not, and lie sealed on disk")
    func sealed() async throws {
        let folder = try TemporaryFolder()
        let key = try await withGateway(in: folder) { gateway in
            let (visitor, other) = (try await gateway.visitor(), try await gateway.visitor())
            try await visitor.send(.put, "/wallet/settings", json: ["kfdbApiKey": "canary-3f9a77"]).good()
            #expect(own(try await other.get("/wallet/settings")) == [:])
            return visitor.key
        }
        for (name, bytes) in try folder.files() {
            #expect(bytes.firstRange(of: Array("canary-3f9a77".utf8)) == nil, "\(name)")
            #expect(bytes.firstRange(of: Array("kfdbApiKey".utf8)) == nil, "\(name)")
        }
        try await withGateway(in: folder) { gateway in
            let found = try await gateway.visitor(key).get("/wallet/settings")["kfdbApiKey"]
            #expect(found == "canary-3f9a77")
        }
    }
}
