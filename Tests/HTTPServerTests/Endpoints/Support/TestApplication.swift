import EventLoops
import Foundation
import HTTPTypes
import Primitives
import Telemetry
import Testing

@testable import HTTPServer

/// How a request reaches the application: both ways have to give the same answer.
enum Carrier: String, CaseIterable, Sendable {
    case memory
    case socket
}

/// An answer, whichever way it came.
struct Exchange {
    let status: Int
    let fields: HTTPFields
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var code: String? { (try? JSON(parsing: body))?["error"]?.string }

    func json() throws -> JSON { try JSON(parsing: body) }
}

/// An application with its log and metrics at hand.
struct TestApplication {
    /// A token for everything, and one that may only read things.
    static let tokens: [String: @Sendable (String) -> Bool] = [
        "all": { _ in true }, "reader": { $0 == "things:read" }, "nothing": { _ in false },
    ]

    struct DiskFull: Error {}

    let application: Application
    let lines: LogLines
    let metrics: Metrics
    let server: HTTPServer?

    /// Sends a request and returns the whole answer.
    func send(
        _ method: HTTPMethod, _ target: String, _ fields: HTTPFields = [:], body: [UInt8] = []
    ) async throws -> Exchange {
        guard let server else { return await sendInMemory(method, target, fields, body) }
        let head = TestApplication.head(method, target, fields, length: body.count)
        return try await TestApplication.blocking {
            let client = try RawClient(port: server.port)
            try client.send(head)
            try client.send(body)
            let answer = try client.answer(isHead: method == .head)
            return Exchange(status: answer.status, fields: answer.fields, body: answer.body)
        }
    }

    /// Runs a blocking client on a thread of its own: the server may need the shared ones.
    private static func blocking<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// Sends a JSON text as the body.
    func send(_ method: HTTPMethod, _ target: String, json: String, _ fields: HTTPFields = [:]) async throws -> Exchange
    {
        var fields = fields
        fields.append("Content-Type", "application/json")
        return try await send(method, target, fields, body: Array(json.utf8))
    }

    static func head(_ method: HTTPMethod, _ target: String, _ fields: HTTPFields, length: Int) -> String {
        let lines = fields.all.map { "\($0.name): \($0.value)\r\n" }.joined()
        return "\(method.rawValue) \(target) HTTP/1.1\r\nHost: test\r\nContent-Length: \(length)\r\n\(lines)\r\n"
    }

    /// What the transport does: asks for admission, refuses a body that is too long, leaves HEAD without a body.
    private func sendInMemory(_ method: HTTPMethod, _ target: String, _ fields: HTTPFields, _ body: [UInt8]) async
        -> Exchange
    {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let head = RequestHead(
            method: method, path: halves[0], query: halves.count > 1 ? halves[1] : nil, fields: fields)
        let response =
            switch application.admit(head) {
            case .reject(let response): response
            case .accept(let limit) where body.count > limit: application.refuse(.bodyTooLarge)
            case .accept: await application.handle(Request(head, body: RequestBytes(body)))
            }
        guard case .bytes(let bytes) = response.content, method != .head else {
            return Exchange(status: response.status.code, fields: response.fields, body: [])
        }
        return Exchange(status: response.status.code, fields: response.fields, body: bytes)
    }
}

/// Runs `body` against an application of `endpoints`, in memory or behind a server of its own.
func withApplication(
    _ carrier: Carrier = .memory, _ endpoints: [Endpoint], origins: [String]? = nil, limits: RateLimits = RateLimits(),
    countExactly: @escaping @Sendable (RateGroup, WalletID) async throws -> RateDecision? = { _, _ in nil },
    _ body: (TestApplication) async throws -> Void
) async throws {
    let (lines, metrics) = (LogLines(), Metrics())
    let application = Application(
        endpoints,
        Application.Environment(
            authenticate: { request in
                guard let allows = TestApplication.tokens[try BearerToken.read(from: request.fields)] else {
                    throw APIError(.unauthorized, reason: "unknown_token")
                }
                return Caller(
                    walletID: WalletID(7), address: "0x" + String(repeating: "a", count: 40), sessionID: "lgn_1",
                    expiresAt: Timestamp(unixSeconds: 2_000_000_000), allows: allows)
            },
            isGenuine: { head in
                (try? BearerToken.read(from: head.fields)).map { TestApplication.tokens[$0] != nil } ?? false
            },
            limits: limits, countExactly: countExactly,
            translate: { error in
                error is TestApplication.DiskFull
                    ? APIError(.storageUnavailable, retryAfterSeconds: 5, reason: "disk_full")
                    : APIError(.internalError, reason: "other")
            },
            crossOrigin: CrossOrigin(origins: origins), log: lines.log, metrics: metrics, random: SystemRandom()))
    guard carrier == .socket else {
        return try await body(
            TestApplication(application: application, lines: lines, metrics: metrics, server: nil))
    }
    let group = try EventLoopGroup(count: 1, name: "http")
    defer { group.stop() }
    let server = try await HTTPServer.start(ServerConfiguration(), on: group, handler: application)
    do {
        try await body(TestApplication(application: application, lines: lines, metrics: metrics, server: server))
    } catch {
        await server.drain(withinMilliseconds: 0)
        throw error
    }
    await server.drain(withinMilliseconds: 0)
}
