import EventLoops
import HTTPClient
import HTTPServer
import HTTPTypes
import Primitives
import Synchronization

/// Stands where peers look for a gateway, at an address that is known before the gateway runs, and passes its evidence
/// and keys on: truly, or not.
final class Front: RequestHandler {
    /// What it does with what it passes on.
    enum Conduct: Sendable {
        case honest
        /// Another key set than the gateway's.
        case publishes([UInt8])
        /// The evidence of another gateway, over the very nonce.
        case evidenceOf(Front)
        /// Evidence that was true when it was made.
        case replays([UInt8])
        case redirects, megabytes, hangs
    }

    private struct State {
        var gateway: String?
        var conduct = Conduct.honest
    }

    private static let reportPath = "/api/attestation/report"
    private let client: HTTPClient
    private let state = Mutex(State())
    private let port = Mutex(0)

    init(client: HTTPClient) {
        self.client = client
    }

    /// The origin that peers know the gateway by.
    var origin: String { "http://127.0.0.1:\(port.withLock { $0 })" }

    func listens(on port: Int) {
        self.port.withLock { $0 = port }
    }

    /// Whom it stands before.
    func stands(before gateway: String) {
        state.withLock { $0.gateway = gateway }
    }

    func behaves(_ conduct: Conduct) {
        state.withLock { $0.conduct = conduct }
    }

    func admit(_ head: RequestHead) -> Admission { .accept(bodyLimit: 0) }

    func refuse(_ refusal: ProtocolRefusal) -> Response { Response(400) }

    func handle(_ request: Request) async -> Response {
        let (gateway, conduct) = state.withLock { ($0.gateway, $0.conduct) }
        guard let gateway else { return Response(503) }
        let isReport = request.path == Front.reportPath
        switch conduct {
        case .publishes(let keys) where !isReport: return json(keys)
        case .evidenceOf(let other) where isReport: return await other.pass(request, to: other.gateway ?? gateway)
        case .replays(let bundle) where isReport: return json(bundle)
        case .redirects: return Response(302, fields: ["Location": gateway + request.path])
        case .megabytes:
            return Response(
                200,
                content: .stream(contentType: "application/json") { writer in
                    // Without end: who reads has to stop it.
                    while !Task.isCancelled { try await writer.write([UInt8](repeating: 0x20, count: 1 << 16)) }
                })
        case .hangs:
            try? await Task.sleep(for: .seconds(86_400))  // pause: silence, until the peer leaves
            return Response(503)
        default: return await pass(request, to: gateway)
        }
    }

    private var gateway: String? { state.withLock { $0.gateway } }

    private func pass(_ request: Request, to gateway: String) async -> Response {
        do {
            let query = request.query.map { "?" + $0 } ?? ""
            let answer = try await client.send(ClientRequest(url: gateway + request.path + query))
            var response = json(try await answer.body.collect(upTo: 1 << 20))
            response.status = HTTPStatus(integerLiteral: answer.status)
            return response
        } catch {
            return Response(502)
        }
    }

    private func json(_ bytes: [UInt8]) -> Response {
        Response(200, fields: ["Content-Type": "application/json"], content: .bytes(bytes))
    }
}

/// Runs `body` with a front on a free port.
func withFront<R>(_ body: (Front) async throws -> R) async throws -> R {
    let loops = try EventLoopGroup(count: 1, name: "front")
    defer { loops.stop() }
    guard let loopback = CIDR("127.0.0.0/8") else { throw TestGateway.NoLoopback() }
    let client = HTTPClient(group: loops, policy: EgressPolicy(allowing: [loopback]))
    let front = Front(client: client)
    let server = try await HTTPServer.start(ServerConfiguration(), on: loops, handler: front)
    front.listens(on: server.port)
    let result: Result<R, any Error>
    do { result = .success(try await body(front)) } catch { result = .failure(error) }
    await server.drain(withinMilliseconds: 0)
    await client.close()
    return try result.get()
}
