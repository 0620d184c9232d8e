import DatabaseFixtures
import Primitives
import Synchronization
import Testing

@testable import Agents

@Suite("A chat turn with a provider over HTTP", .onEveryEngine)
struct ChatOverHTTPTests {
    private func gateway(_ simulator: SimulatorProcess, balance: Int64 = 100_000) async throws -> TestGateway {
        try await TestGateway(
            provider: ProviderClient(http: SimulatorProcess.http(), baseURL: simulator.baseURL), balance: balance)
    }

    private func text(_ events: [TurnEvent]) -> String {
        events.reduce(into: "") { if case .text(let piece) = $1 { $0 += piece } }
    }

    @Test("The answer streams, and is charged as the provider counted")
    func whole() async throws {
        let simulator = try SimulatorProcess()
        let gateway = try await gateway(simulator)
        let id = try await gateway.conversation()
        let events = try await gateway.say(gateway.request(id, "Grüezi mitenand"))
        #expect(text(events) == "You said: Grüezi mitenand")
        guard case .done(let summary)? = events.last else {
            Issue.record("no done")
            return
        }
        let system = try #require(AgentCatalogue.builtIn["assistant"]).systemPrompt.utf8.count
        #expect(summary.inputTokens == (system + 16 + 3) / 4)
        #expect(summary.outputTokens == 7)
        #expect(summary.cost == MicroUSDC(Int64(summary.inputTokens + 5 * 7)))
        #expect(try await gateway.available() == 100_000 - summary.cost.rawValue)
        await gateway.close()
    }

    @Test("A client that leaves a silent stream is seen by the provider, and pays for what came")
    func clientLeaves() async throws {
        let simulator = try SimulatorProcess()
        let gateway = try await gateway(simulator)
        let id = try await gateway.conversation()
        let turn = try await gateway.chat.start(gateway.request(id, "[simulate stall-after=2] Hi"))
        let (told, tell) = AsyncStream.makeStream(of: TurnEvent.self)
        let client = Task { await turn.run { tell.yield($0) } }
        var count = 0
        for await _ in told {
            count += 1
            if count == 2 { break }
        }
        client.cancel()
        #expect(try await simulator.calls(cancelled: 1)["cancelled"] == 1)
        await client.value
        let call = try #require(try await gateway.calls().first)
        // "You said:" has nine bytes.
        #expect(call.state == "settled" && call.code == "client_left" && call.bytes == 9 && call.output == 3)
        #expect(try await gateway.available() == 100_000 - call.cost)
        await gateway.close()
    }

    @Test("An answer past the output limit is stopped and charged")
    func huge() async throws {
        let simulator = try SimulatorProcess()
        let gateway = try await gateway(simulator, balance: 100_000_000)
        let id = try await gateway.conversation()
        let request = gateway.request(id, "[simulate huge=16000000] Hi", limit: 10_000_000)
        let events = try await gateway.say(request)
        guard case .error(let code, _)? = events.last else {
            Issue.record("no error")
            return
        }
        #expect(code == "output_limit")
        #expect(text(events).utf8.count <= TurnLimits.outputBytes)
        #expect(text(events).utf8.count > TurnLimits.outputBytes - 8_192)
        #expect(try await simulator.calls(cancelled: 1)["cancelled"] == 1)
        #expect(try await gateway.messages(id).map(\.isWhole) == [true, false])
        await gateway.close()
    }

    @Test("A slow client holds the provider up instead of filling memory, and loses nothing")
    func slowClient() async throws {
        let simulator = try SimulatorProcess()
        let gateway = try await gateway(simulator, balance: 100_000_000)
        let id = try await gateway.conversation()
        let turn = try await gateway.chat.start(
            gateway.request(id, "[simulate huge=1000000] Hi", limit: 10_000_000))
        let bytes = Mutex(0)
        await turn.run { event in
            await Task.yield()
            if case .text(let piece) = event { bytes.withLock { $0 += piece.utf8.count } }
        }
        #expect(bytes.withLock { $0 } == 1_000_000)
        #expect(try await gateway.messages(id).last?.text.utf8.count == 1_000_000)
        await gateway.close()
    }

    @Test(
        "Whatever breaks, the client gets a fixed code and never a word of the provider's error",
        arguments: [
            ("status=401", "provider_key_rejected", 424), ("status=403", "provider_key_rejected", 424),
            ("status=429", "provider_rate_limited", 429), ("status=500", "provider_unavailable", 503),
            ("status=529", "provider_unavailable", 503), ("overloaded", "provider_unavailable", 503),
            ("cut=head", "provider_unavailable", 503), ("status=400", "provider_request_refused", 422),
        ])
    func refusals(scenario: String, code: String, status: Int) async throws {
        let simulator = try SimulatorProcess()
        let gateway = try await gateway(simulator)
        let id = try await gateway.conversation()
        do {
            _ = try await gateway.chat.start(gateway.request(id, "[simulate \(scenario)] Hi"))
            Issue.record("started")
        } catch {
            #expect(error.code == code && error.status == status)
            #expect(!error.message.contains("sk-ant") && !error.message.contains("simulated"))
        }
        #expect(try await gateway.available() == 100_000)
        #expect(try await gateway.messages(id).isEmpty)
        await gateway.close()
    }

    @Test(
        "A stream that breaks is charged and says so",
        arguments: [
            ("cut=start", "provider_cut"), ("cut-after=1", "provider_cut"), ("cut=usage", "provider_cut"),
            ("cut=stop", "provider_cut"), ("error-after=1", "provider_overloaded"),
            ("malformed-after=1", "provider_malformed"),
        ])
    func faults(scenario: String, code: String) async throws {
        let simulator = try SimulatorProcess()
        let gateway = try await gateway(simulator)
        let id = try await gateway.conversation()
        let events = try await gateway.say(gateway.request(id, "[simulate \(scenario)] Hi"))
        guard case .error(let said, let message)? = events.last else {
            Issue.record("no error")
            return
        }
        #expect(said == code && !message.contains("sk-ant"))
        let call = try #require(try await gateway.calls().first)
        #expect(call.state == "settled" && call.code == code && call.cost > 0)
        #expect(try await gateway.available() == 100_000 - call.cost)
        await gateway.close()
    }
}
