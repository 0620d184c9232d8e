import HTTPClient
import HTTPTypes
import Primitives
import Testing

@Suite("Many readers that come and go")
struct StormTests {
    enum Fate: CaseIterable {
        case readsAll, leavesAfterHead, leavesInBody, cancelledSoon, outOfTime, serverCuts
    }

    @Test(
        "Whatever each of 600 requests meets, nothing hangs and nothing stays open", arguments: [1, 2, 3] as [UInt64])
    func storm(seed: UInt64) async throws {
        let closed = Signal<Void>()
        let server = try ScriptedServer { connection in
            while let head = connection.readHead() {
                let count = head.contains("/long") ? 600_000 : 1_000
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n")
                if head.contains("/cut") { break }
                if head.contains("/late") { connection.awaitClose() }
                connection.write([UInt8](repeating: 1, count: count))
            }
            connection.close()
            closed.send(())
        }
        defer { server.stop() }
        let client = try Fixtures.client()
        let choices = SeededRandom(seed: seed).bytes(600)
        let outcomes = await withTaskGroup(of: (Fate, Bool).self) { group in
            for (number, choice) in choices.enumerated() {
                let fate = Fate.allCases[Int(choice) % Fate.allCases.count]
                if number >= 64 { _ = await group.next() }
                group.addTask { (fate, await Self.meet(fate, client, server)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (fate, isRight) in outcomes { #expect(isRight, "seed \(seed), \(fate)") }
        await client.close()
        // Every connection ends, because the client has closed it.
        var ended = 0
        while ended < server.accepted {
            try await closed.next()
            ended += 1
        }
    }

    /// Sends one request and meets its fate. Returns whether it ended as it should.
    private static func meet(_ fate: Fate, _ client: HTTPClient, _ server: ScriptedServer) async -> Bool {
        do {
            switch fate {
            case .readsAll:
                let response = try await client.send(ClientRequest(url: server.url("/long")))
                return try await response.body.collect(upTo: 600_000).count == 600_000
            case .leavesAfterHead:
                return try await client.send(ClientRequest(url: server.url("/long"))).status == 200
            case .leavesInBody:
                for try await _ in try await client.send(ClientRequest(url: server.url("/long"))).body { return true }
                return false
            case .cancelledSoon:
                let task = Task {
                    try await client.send(ClientRequest(url: server.url("/late"))).body.collect(upTo: 1_000)
                }
                await Task.yield()
                task.cancel()
                return await task.result.isFailure(.cancelled)
            case .outOfTime:
                let limits = ClientLimits(idleMilliseconds: 5)
                let response = try await client.send(ClientRequest(url: server.url("/late"), limits: limits))
                return await Task { try await response.body.collect(upTo: 1_000) }.result.isFailure(.timedOut(.idle))
            case .serverCuts:
                let response = try await client.send(ClientRequest(url: server.url("/cut")))
                return await Task { try await response.body.collect(upTo: 1_000) }.result.isFailure(.cut)
            }
        } catch {
            return false
        }
    }
}

extension Result where Failure == any Error {
    fileprivate func isFailure(_ expected: HTTPClientError) -> Bool {
        guard case .failure(let error) = self else { return false }
        return error as? HTTPClientError == expected
    }
}
