import DatabaseFixtures
import HTTPTypes
import Primitives
import Testing

@Suite("Sessions belong to one wallet and one agent", .onEveryEngine)
struct SessionTests {
    @Test("Agents are listed for anybody, and told one by one")
    func agents() async throws {
        try await withGateway { gateway in
            let list = try await gateway.send(.get, "/agents").good()
            let agents = try #require(list["agents"].array)
            #expect(!agents.isEmpty)
            for agent in agents {
                let id = try #require(agent["id"]?.string)
                let one = try await gateway.send(.get, "/agents/\(id)").good()
                for member in agent.members ?? [] { #expect(one[member.name] == member.value) }
            }
            for id in ["nobody", "..", "%2e%2e", "assistant%00", "assistant%20", "Assistant", "%F0%9F%98%80"] {
                let answer = try await gateway.send(.get, "/agents/\(id)")
                #expect([400, 404].contains(answer.status), "\(id)")
            }
        }
    }

    @Test("A session is begun, listed, read and removed")
    func life() async throws {
        try await withGateway(clock: ManualClock(TestGateway.epoch)) { gateway in
            let visitor = try await gateway.visitor()
            let made = try await visitor.send(.post, "/agents/assistant/sessions", json: ["model": "sonnet"]).good(201)
            let id = try made.string("id")
            #expect(made["agentId"] == "assistant")
            #expect(made["model"] == "sonnet")
            #expect(made["createdAt"].string == TestGateway.epoch.iso8601)
            let other = try await visitor.openSession("editor")
            func ids(_ path: String) async throws -> [String] {
                (try await visitor.get(path).good()["sessions"].array ?? []).compactMap { $0["id"]?.string }
            }
            #expect(try await ids("/agents/assistant/sessions") == [id])
            #expect(try await Set(ids("/wallet/sessions")) == [id, other])
            let read = try await visitor.get("/agents/assistant/sessions/\(id)").good()
            #expect(read["messages"] == [])
            try await visitor.get("/agents/editor/sessions/\(id)").expect(404, "session_not_found")
            try await visitor.send(.delete, "/agents/editor/sessions/\(id)").expect(404, "session_not_found")
            try await visitor.send(.delete, "/agents/assistant/sessions/\(id)").good()
            try await visitor.get("/agents/assistant/sessions/\(id)").expect(404, "session_not_found")
            try await visitor.send(.delete, "/agents/assistant/sessions/\(id)").expect(404, "session_not_found")
            #expect(try await ids("/wallet/sessions") == [other])
        }
    }

    @Test("Another wallet's session is not there, whatever one tries")
    func separation() async throws {
        try await withGateway { gateway in
            let (owner, other) = (try await gateway.visitor(), try await gateway.visitor())
            let path = "/agents/assistant/sessions/\(try await owner.openSession())"
            try await other.storeKey().good()
            try await other.fund(1_000_000).good()
            let (before, mine) = (try await owner.snapshot(), try await other.snapshot())
            try await other.get(path).expect(404, "session_not_found")
            try await other.send(.delete, path).expect(404, "session_not_found")
            try await other.send(.post, path + "/chat", json: ["message": "x"]).expect(404, "session_not_found")
            try await gateway.send(.get, path).expect(401, "unauthorized")
            #expect(try await owner.snapshot() == before)
            #expect(try await other.snapshot() == mine)
        }
    }

    @Test(
        "What a session cannot be is refused",
        arguments: [
            ("assistant", ["model": "gpt-4o"], 400, "unknown_model"),
            ("assistant", ["model": "HAIKU"], 400, "unknown_model"),
            ("assistant", ["model": ""], 400, "invalid_request"),
            ("assistant", ["model": "a b"], 400, "invalid_request"),
            ("assistant", ["model": 5], 400, "invalid_request"), ("assistant", [], 400, "invalid_request"),
            ("assistant", ["model": .string(String(repeating: "m", count: 101))], 400, "invalid_request"),
            ("assistant", ["executionEngine": "codex"], 400, "unknown_engine"),
            ("nobody", [:], 404, "agent_not_found"),
        ] as [(String, JSON, Int, String)])
    func refusals(agent: String, body: JSON, status: Int, code: String) async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            try await visitor.send(.post, "/agents/\(agent)/sessions", json: body).expect(status, code)
            #expect(try await visitor.get("/wallet/sessions")["sessions"] == [])
        }
    }

    @Test("Model and engine may be left out, null, or named by alias or full id")
    func models() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let bodies: [(body: JSON, model: String)] = [
                ([:], "haiku"), (["model": nil, "executionEngine": nil], "haiku"), (["model": "opus"], "opus"),
                (["model": "claude-haiku-4-5-20251001"], "claude-haiku-4-5-20251001"),
                (["model": "sonnet", "executionEngine": "claude"], "sonnet"), (["unknown": [1, 2]], "haiku"),
            ]
            for (body, model) in bodies {
                let made = try await visitor.send(.post, "/agents/assistant/sessions", json: body).good(201)
                #expect(made["model"].string == model)
                #expect(made["executionEngine"].string == body["executionEngine"]?.string)
            }
        }
    }

    @Test("Sessions outlive a restart")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let (key, id) = try await withGateway(in: folder) { gateway in
            let visitor = try await gateway.visitor()
            return (visitor.key, try await visitor.openSession())
        }
        try await withGateway(in: folder) { gateway in
            try await gateway.visitor(key).get("/agents/assistant/sessions/\(id)").good()
        }
    }
}
