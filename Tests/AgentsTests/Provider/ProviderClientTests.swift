import HTTPClient
import Primitives
import Testing

@testable import Agents

@Suite("Calling a provider over HTTP")
struct ProviderClientTests {
    private func request(_ text: String, limit: Int = 1_000) -> AnthropicRequest {
        AnthropicRequest(
            model: "claude-haiku-4-5", maximumTokens: limit, system: "Be brief.",
            conversation: [.init(role: .user, text: text)])
    }

    private func client(_ simulator: SimulatorProcess, limits: ClientLimits = ClientLimits()) throws -> ProviderClient {
        ProviderClient(http: try SimulatorProcess.http(), baseURL: simulator.baseURL + "/", limits: limits)
    }

    /// All events of one call.
    private func events(
        _ text: String, _ simulator: SimulatorProcess, limits: ClientLimits = ClientLimits()
    ) async throws -> [ProviderEvent] {
        let answer = try await client(simulator, limits: limits).send(request(text), key: SimulatorProcess.key())
        var events: [ProviderEvent] = []
        while true {
            let next = await answer.next()
            guard !next.isEmpty else { return events }
            events += next
        }
    }

    @Test("A whole answer comes piece by piece and ends")
    func whole() async throws {
        let simulator = try SimulatorProcess()
        // 9 bytes of system prompt and 9 of message are 5 tokens; 19 bytes of answer are 5, too.
        let counts = TokenUsage(freshInput: 5, output: 5)
        #expect(
            try await events("Hello you", simulator) == [
                .started(model: "claude-haiku-4-5", usage: TokenUsage(freshInput: 5, output: 1)),
                .text("You"), .text(" said:"), .text(" Hello"), .text(" you"), .usage(counts), .stopped(.endTurn),
                .finished,
            ])
        #expect(try await simulator.calls()["finished"] == 1)
    }

    @Test("Thinking and cached tokens come through; an answer may report no usage at all")
    func varieties() async throws {
        let simulator = try SimulatorProcess()
        let thought = try await events("[simulate thinking] Hi", simulator)
        #expect(thought.contains(.thinking(" think")) && thought.last == .finished)
        let cached = try await events("[simulate cache] Hi", simulator)
        let usage = TokenUsage(freshInput: 7, cacheRead: 1_000, cacheWrite5m: 200, cacheWrite1h: 100, output: 3)
        #expect(cached.contains(.usage(usage)))
        let bare = try await events("[simulate no-usage] Hi", simulator)
        #expect(bare.first == .started(model: "claude-haiku-4-5", usage: nil) && bare.last == .finished)
        #expect(!bare.contains { if case .usage = $0 { true } else { false } })
    }

    @Test(
        "A provider that gives no answer is a refusal of its kind",
        arguments: [
            ("status=400", ProviderRefusal.requestRefused), ("status=401", .keyRejected), ("status=403", .keyRejected),
            ("status=404", .requestRefused), ("status=413", .requestRefused), ("status=422", .requestRefused),
            ("status=429 retry-after=7", .rateLimited(retryAfterSeconds: 7)),
            ("status=429", .rateLimited(retryAfterSeconds: 10)), ("status=500", .unavailable),
            ("status=529", .unavailable), ("overloaded", .unavailable), ("cut=head", .unavailable),
            ("nonsense", .requestRefused),
        ])
    func refusals(scenario: String, refusal: ProviderRefusal) async throws {
        let simulator = try SimulatorProcess()
        await #expect(throws: refusal) { try await events("[simulate \(scenario)] Hi", simulator) }
    }

    @Test(
        "An answer that breaks off says how, after what had come",
        arguments: [
            ("cut=start", ProviderFault.cut, 1), ("cut-after=0", .cut, 1), ("cut-after=2", .cut, 3),
            ("cut=usage", .cut, 4), ("cut=stop", .cut, 6), ("error-after=2", .overloaded, 3),
            ("malformed-after=1", .malformed, 2),
        ])
    func faults(scenario: String, fault: ProviderFault, before: Int) async throws {
        let simulator = try SimulatorProcess()
        let events = try await events("[simulate \(scenario)] Hi", simulator)
        #expect(events.last == .failed(fault))
        #expect(events.count == before + 1, "\(events)")
    }

    @Test("A provider that falls silent is given up")
    func silence() async throws {
        let simulator = try SimulatorProcess()
        let idle = ClientLimits(idleMilliseconds: 200)
        #expect(try await events("[simulate stall-after=1] Hi", simulator, limits: idle).last == .failed(.stalled))
        let total = ClientLimits(totalMilliseconds: 300)
        let slow = try await events("[simulate slow=50] a b c d e f g h i j", simulator, limits: total)
        #expect(slow.last == .failed(.timeLimit) && slow.count > 1)
        let head = ClientLimits(firstByteMilliseconds: 200)
        await #expect(throws: ProviderRefusal.unavailable) {
            try await events("[simulate stall=head] Hi", simulator, limits: head)
        }
        #expect(try await simulator.calls(cancelled: 3)["open"] == 0)
    }

    @Test("A stopped answer, one let go of, and a cancelled reader each close the connection to the provider")
    func leaving() async throws {
        let simulator = try SimulatorProcess()
        let client = try client(simulator)
        let silent = request("[simulate stall-after=1] Hi")
        let stopped = try await client.send(silent, key: SimulatorProcess.key())
        await stopped.stop()
        #expect(try await simulator.calls(cancelled: 1)["cancelled"] == 1)
        do {
            let letGo = try await client.send(silent, key: SimulatorProcess.key())
            withExtendedLifetime(letGo) {}
        }
        #expect(try await simulator.calls(cancelled: 2)["cancelled"] == 2)
        let read = try await client.send(silent, key: SimulatorProcess.key())
        let reader = Task {
            var last: ProviderEvent?
            while let event = await read.next().last { last = event }
            return last
        }
        reader.cancel()
        #expect(await reader.value == .failed(.cut))
        #expect(try await simulator.calls(cancelled: 3)["cancelled"] == 3)
        let sender = Task { try await client.send(request("[simulate stall=head] Hi"), key: SimulatorProcess.key()) }
        _ = try await simulator.get("/simulator/calls?started=4")
        sender.cancel()
        await #expect(throws: ProviderRefusal.cancelled) { _ = try await sender.value }
        #expect(try await simulator.calls(cancelled: 4)["open"] == 0)
    }

    @Test("The key is sent as the API wants it, and a key that cannot be sent is a rejected one")
    func keys() async throws {
        let simulator = try SimulatorProcess()
        let client = try client(simulator)
        for key in ["no-such-key", "sk-ant-with\r\nbreak"] {
            await #expect(throws: ProviderRefusal.keyRejected) {
                try await client.send(request("Hi"), key: SimulatorProcess.key(key))
            }
        }
    }

    @Test("A provider that cannot be reached, or must not be called, is not available")
    func unreachable() async throws {
        let closed = ProviderClient(http: try SimulatorProcess.http(), baseURL: "http://127.0.0.1:1")
        await #expect(throws: ProviderRefusal.unavailable) {
            try await closed.send(request("Hi"), key: SimulatorProcess.key())
        }
        let simulator = try SimulatorProcess()
        let loops = try #require(TestGateway.loops)
        let guarded = ProviderClient(http: HTTPClient(group: loops, policy: .publicOnly), baseURL: simulator.baseURL)
        await #expect(throws: ProviderRefusal.unavailable) {
            try await guarded.send(request("Hi"), key: SimulatorProcess.key())
        }
        #expect(try await simulator.calls()["started"] == 0)
    }

    @Test(
        "What is no answer of the API at all is not available, whatever it is",
        arguments: [
            "", "HTTP/1.1 200", "garbage\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: <html>\n\n",
            "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
        ])
    func nonsense(answer: String) async throws {
        let server = try RawServer(answering: Array(answer.utf8))
        let client = ProviderClient(http: try SimulatorProcess.http(), baseURL: "http://127.0.0.1:\(server.port)")
        await #expect(throws: ProviderRefusal.unavailable) {
            try await client.send(request("Hi"), key: SimulatorProcess.key())
        }
    }
}
