import HTTPServer
import HTTPTypes
import Primitives
import Testing

/// What a client may make the gateway keep or do before it has shown who it is, and how much of it at a time.
@Suite("What a client has to show first")
struct AdmissionTests {
    private static let large = Endpoint(
        .post, "/large", area: "Test", summary: "Takes much.", access: .wallet(permission: nil),
        input: .object([], isOpen: true), answer: .json(200, .object([], isOpen: true)), bodyLimit: 100_000
    ) { _ in .json([:]) }

    @Test("A large body is taken only from a client whose token is genuine; a small one is read first")
    func largeBodies() async throws {
        let large = "{\"a\":\"" + String(repeating: "x", count: Endpoint.inlineBodyBytes) + "\"}"
        let cases: [(body: String, token: String?, status: Int)] = [
            (large, nil, 401), (large, "no", 401), (large, "all", 200), ("{}", nil, 401),
        ]
        try await withApplication(.socket, [AdmissionTests.large]) { application in
            for (body, token, status) in cases {
                let fields: HTTPFields = token.map { ["Authorization": "Bearer \($0)"] } ?? [:]
                let answer = try await application.send(.post, "/large", json: body, fields)
                #expect(answer.status == status, "\(token ?? "no token"), \(body.utf8.count) bytes")
            }
        }
    }

    @Test("An id in a path is an id: anything else is refused before it is compared with anything")
    func paths() async throws {
        let read = Endpoint(
            .get, "/things/{id}", area: "Test", summary: "Reads.", access: .anyone,
            answer: .json(200, .object([], isOpen: true))
        ) { .json(["id": .string(try $0.path("id"))]) }
        try await withApplication(.memory, [read]) { application in
            for path in ["/things/a%20b", "/things/%CC%81%CC%96", "/things/" + String(repeating: "a", count: 101)] {
                let response = await application.application.handle(Request(RequestHead(method: .get, path: path)))
                #expect(response.status == 400, "\(path)")
            }
            let fine = await application.application.handle(
                Request(RequestHead(method: .get, path: "/things/" + String(repeating: "a", count: 100))))
            #expect(fine.status == 200)
        }
    }

    @Test("A costly call beyond a wallet's two is told to wait; places come free when answers have been read")
    func costly() async throws {
        let read = Endpoint(
            .get, "/all", area: "Test", summary: "Reads much.", access: .wallet(permission: nil),
            answer: .json(200, .object([], isOpen: true)), isCostly: true
        ) { _ in .json([:]) }
        try await withApplication(.memory, [read]) { application in
            let token = try #require(TestApplication.tokens.keys.first)
            let head = RequestHead(method: .get, path: "/all", fields: ["Authorization": "Bearer \(token)"])
            var unread: [Response] = []
            for _ in 0..<2 { unread.append(await application.application.handle(Request(head))) }
            #expect(unread.map(\.status) == [200, 200])
            #expect(await application.application.handle(Request(head)).status == 429)
            unread = []
            #expect(await application.application.handle(Request(head)).status == 200)
        }
    }
}
