import EventLoops
import HTTPTypes
import Primitives

@testable import HTTPServer

/// A handler made of closures.
struct TestHandler: RequestHandler {
    var admission: @Sendable (RequestHead) -> Admission = { _ in .accept(bodyLimit: 1 << 20) }
    var answer: @Sendable (Request) async -> Response

    func admit(_ head: RequestHead) -> Admission { admission(head) }
    func handle(_ request: Request) async -> Response { await answer(request) }
    func refuse(_ refusal: ProtocolRefusal) -> Response {
        Response(refusal.status, content: .bytes(Array(refusal.rawValue.utf8)))
    }

    /// Tells what arrived: method, path, query and body.
    static let echo = TestHandler { request in
        .text("\(request.method.rawValue) \(request.path) \(request.query ?? "-") \(request.text)")
    }
}

extension Response {
    static func text(_ text: String, status: HTTPStatus = 200) -> Response {
        Response(status, fields: ["Content-Type": "text/plain"], content: .bytes(Array(text.utf8)))
    }
}

extension Request {
    var text: String { String(decoding: body.bytes, as: UTF8.self) }
}

/// Runs `body` against a server of its own, then drains it and ends its loops. `body` runs on a thread of its own,
/// where it may block on sockets without holding up other tests.
func withServer(
    _ handler: TestHandler = .echo, loops: Int = 1, tls: TLSConfiguration? = nil, proxies: [CIDR] = [],
    observer: (any LagObserver)? = nil, limits adjust: (inout ServerLimits) -> Void = { _ in },
    _ body: (HTTPServer) async throws -> Void
) async throws {
    var limits = ServerLimits()
    limits.settleMilliseconds = 500
    adjust(&limits)
    let group = try EventLoopGroup(count: loops, name: "http", observer: observer)
    defer { group.stop() }
    let thread = try EventLoopGroup(count: 1, name: "client")
    defer { thread.stop() }
    let configuration = ServerConfiguration(tls: tls, proxies: proxies, limits: limits)
    try await withTaskExecutorPreference(thread.loops[0]) {
        let server = try await HTTPServer.start(configuration, on: group, handler: handler)
        do {
            try await body(server)
        } catch {
            await server.drain(withinMilliseconds: 0)
            throw error
        }
        await server.drain(withinMilliseconds: 0)
    }
}
