import EventLoops
import HTTPServer

@testable import provider_simulator

/// The provider's stand-in, in this process; a message that begins with `[simulate ...]` chooses what it does.
struct TestProvider: Sendable {
    /// The settings of a gateway that calls it.
    let settings: [String: String]
    fileprivate let counters: CallCounters

    /// Returns once so many calls were left by the gateway in mid-answer.
    func waitForCancelled(_ count: Int) async {
        await counters.wait(for: count, .cancelled)
    }
}

/// Runs `body` beside a provider of its own.
func withProvider<R>(_ body: (TestProvider) async throws -> R) async throws -> R {
    let loops = try EventLoopGroup(count: 1, name: "provider")
    defer { loops.stop() }
    let counters = CallCounters()
    let server = try await HTTPServer.start(
        ServerConfiguration(), on: loops, handler: SimulatorHandler(counters: counters))
    let provider = TestProvider(
        settings: ["SEALGATE_ANTHROPIC_URL": "http://127.0.0.1:\(server.port)"], counters: counters)
    let result: Result<R, any Error>
    do { result = .success(try await body(provider)) } catch { result = .failure(error) }
    await server.drain(withinMilliseconds: 0)
    return try result.get()
}
