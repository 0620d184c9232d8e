import Attestation
import Cryptography
import Database
import DatabaseFixtures
import Ethereum
import EventLoops
import Foundation
import HTTPClient
import HTTPTypes
import Primitives
import Telemetry
import Testing

@testable import Gateway

/// A gateway in this process, driven over real HTTP.
struct TestGateway: Sendable {
    struct NoLoopback: Error {}

    /// Named in every signed text; fixed, so that a gateway started again on another port is still the same one.
    static let origin = "https://gateway.example"
    /// A start that never moves by itself; tests with a clock of their own begin here.
    static let epoch = Timestamp(unixSeconds: 1_790_000_000)
    /// No answer of these tests is longer.
    private static let maximumBytes = 8 << 20

    let address: String
    let folder: TemporaryFolder
    let client: HTTPClient
    let contract: Contract
    let gateway: Gateway

    /// Sends a request, holds the answer against the contract, and returns it.
    func send(
        _ method: HTTPMethod, _ path: String, json: JSON? = nil, body: [UInt8]? = nil, token: String? = nil,
        fields: [(String, String)] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let response = try await open(method, path, json: json, body: body, token: token, fields: fields)
        let answer = Answer(
            status: response.status, fields: response.fields,
            body: try await response.body.collect(upTo: TestGateway.maximumBytes))
        for problem in contract.problems(method: method.rawValue, path: path, answer: answer) {
            Issue.record("\(problem)", sourceLocation: sourceLocation)
        }
        return answer
    }

    /// Sends a request and returns its answer while it may still be coming.
    func open(
        _ method: HTTPMethod, _ path: String, json: JSON? = nil, body: [UInt8]? = nil, token: String? = nil,
        fields: [(String, String)] = []
    ) async throws -> ClientResponse {
        var fields = fields
        if json != nil { fields.append(("Content-Type", "application/json")) }
        if let token { fields.append(("Authorization", "Bearer \(token)")) }
        return try await client.send(
            ClientRequest(
                method: method, url: address + path, fields: fields, body: body ?? json?.bytes ?? []))
    }

    /// Each needs threads, files and locked memory.
    fileprivate static let room = Room(places: 6)

    /// The settings of a gateway under test.
    static func configuration(_ folder: TemporaryFolder, _ settings: [String: String] = [:]) throws -> Configuration {
        let base = [
            "SEALGATE_LISTEN": "127.0.0.1:0", "SEALGATE_PUBLIC_ORIGIN": origin,
            "SEALGATE_DATA_DIR": folder.file("data"), "SEALGATE_LOOPS": "1", "SEALGATE_DRAIN_SECONDS": "5",
            "SEALGATE_EGRESS_ALLOW": "127.0.0.0/8",
            // Reached by no test that does not set it; production refuses to have none.
            "SEALGATE_RATE_LIMITS": settings["SEALGATE_MODE"] == "production" ? "" : "off",
            // What the arena has by default, so that it does not matter which test of the process makes it.
            "SEALGATE_SECRET_SLOTS": String(SecretArena.defaultSlots),
        ]
        let database: [String: String]
        switch try TestPlace.location(of: folder.file("data/" + Gateway.databaseName)) {
        case .file: database = [:]
        case .server(let url): database = ["SEALGATE_DATABASE": url]
        }
        return try Configuration(
            ConfigurationSource(
                file: nil, environment: base.merging(database) { $1 }.merging(settings) { $1 }))
    }

    fileprivate static func start(
        in folder: TemporaryFolder, clock: some WallClock, settings: [String: String],
        observer: (any LagObserver)?, roots: TrustedRoots, client: HTTPClient, log: Log
    ) async throws -> TestGateway {
        let gateway = try await Gateway.start(
            configuration(folder, settings), log: log, clock: clock, random: SystemRandom(), observer: observer,
            roots: roots)
        do {
            let response = try await client.send(ClientRequest(url: gateway.address + "/openapi.json"))
            let document = try JSON(parsing: try await response.body.collect(upTo: maximumBytes))
            return TestGateway(
                address: gateway.address, folder: folder, client: client, contract: Contract(document: document),
                gateway: gateway)
        } catch {
            await gateway.stop()
            throw error
        }
    }

    /// What no log may hold: keys, tokens, signatures.
    fileprivate static func secrets(in log: String) -> [String] {
        let patterns = [
            "sk-ant-", "eyJ[A-Za-z0-9_-]{8}", "mcpwt_[A-Za-z0-9_-]{8}", "sgk_[0-9a-f]{12}_", "[0-9a-fA-F]{128}",
            "[Bb]earer ",
        ]
        return patterns.filter { log.range(of: $0, options: .regularExpression) != nil }
    }
}

/// Runs `body` against a gateway of its own; with the folder of an earlier one it is that one, started again.
@discardableResult
func withGateway<R>(
    in folder: TemporaryFolder? = nil, clock: some WallClock = SystemClock(), settings: [String: String] = [:],
    observer: (any LagObserver)? = nil, roots: TrustedRoots = .amd, _ body: (TestGateway) async throws -> R
) async throws -> R {
    await TestGateway.room.enter()
    defer { TestGateway.room.leave() }
    let folder = try folder ?? TemporaryFolder()
    let loops = try EventLoopGroup(count: 1, name: "client")
    defer { loops.stop() }
    guard let loopback = CIDR("127.0.0.0/8") else { throw TestGateway.NoLoopback() }
    let client = HTTPClient(group: loops, policy: EgressPolicy(allowing: [loopback]))
    let descriptor = open(folder.file(TemporaryFolder.logName), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    let log = Log(descriptor: descriptor, clock: SystemClock())
    defer { log.close() }

    let result: Result<R, any Error>
    do {
        let gateway = try await TestGateway.start(
            in: folder, clock: clock, settings: settings, observer: observer, roots: roots, client: client, log: log)
        do { result = .success(try await body(gateway)) } catch { result = .failure(error) }
        await client.close()
        await gateway.gateway.stop()
    } catch {
        await client.close()
        throw error
    }
    log.close()
    let written = String(decoding: try folder.read(TemporaryFolder.logName), as: UTF8.self)
    #expect(TestGateway.secrets(in: written) == [], "the log holds what it must not")
    return try result.get()
}
