import HTTPTypes
import Primitives
import Synchronization
import Testing

@testable import HTTPServer

@Suite("The application answers every request in one shape")
struct ApplicationTests {
    private static let thing = Schema.object([.required("name", .text(length: 1...5, format: nil))], isOpen: false)

    private static let routes: [Endpoint] = [
        .echo(.get, "/open"), .echo(.get, "/mine", access: .wallet(permission: nil)),
        .echo(.get, "/things/{id}", access: .wallet(permission: "things:read")),
        .echo(.delete, "/things/{id}", access: .wallet(permission: "things:write")),
        .mirror("/things", input: thing, access: .wallet(permission: "things:write"), bodyLimit: 64),
        .mirror("/search", input: thing, parameters: [.init(.query, "limit", .digits(upTo: 3), "How many.")]),
        .failing("/full", TestApplication.DiskFull()), .failing("/broken", CancellationError()),
        .failing(
            "/named", APIError(.notFound, message: "More exactly.", details: [.init("extra", 1)], reason: "private")),
    ]

    struct Refusal: Sendable, CustomTestStringConvertible {
        let method: HTTPMethod
        let target: String
        let fields: [HTTPFields.Field]
        let body: String
        let status: Int
        let code: String

        init(
            _ method: HTTPMethod, _ target: String, _ fields: [String: String] = [:], body: String = "",
            gives status: Int, _ code: String
        ) {
            self.method = method
            self.target = target
            self.fields = fields.map { .init($0.key, $0.value) }
            self.body = body
            self.status = status
            self.code = code
        }

        var testDescription: String { "\(method.rawValue) \(target) \(fields.map(\.value)) -> \(status)" }
    }

    private static let all = ["Authorization": "Bearer all"]
    private static let reader = ["Authorization": "Bearer reader"]
    private static let json = ["Content-Type": "application/json"]

    static let refusals: [Refusal] = [
        Refusal(.get, "/nothing", gives: 404, "not_found"), Refusal(.get, "/open/", gives: 404, "not_found"),
        Refusal(.get, "/things/%zz", gives: 400, "invalid_request"),
        Refusal(.post, "/open", gives: 405, "method_not_allowed"),
        Refusal(.patch, "/things/a", gives: 405, "method_not_allowed"),
        Refusal(.get, "/mine", gives: 401, "unauthorized"),
        Refusal(.get, "/mine", ["Authorization": ""], gives: 401, "unauthorized"),
        Refusal(.get, "/mine", ["Authorization": "all"], gives: 401, "unauthorized"),
        Refusal(.get, "/mine", ["Authorization": "Bearer"], gives: 401, "unauthorized"),
        Refusal(.get, "/mine", ["Authorization": "Basic all"], gives: 401, "unauthorized"),
        Refusal(.get, "/mine", ["Authorization": "Bearer expired"], gives: 401, "unauthorized"),
        Refusal(.get, "/mine", ["Authorization": "Bearer all all"], gives: 401, "unauthorized"),
        Refusal(.get, "/mine?access_token=all", gives: 401, "unauthorized"),
        // Who calls is asked before what they bring.
        Refusal(.post, "/things", json, body: "{", gives: 401, "unauthorized"),
        Refusal(.delete, "/things/a", reader, gives: 403, "insufficient_permissions"),
        Refusal(.get, "/things/a", ["Authorization": "Bearer nothing"], gives: 403, "insufficient_permissions"),
        Refusal(.post, "/things", reader.merging(json) { $1 }, body: "{", gives: 403, "insufficient_permissions"),
        Refusal(.post, "/things", all, body: "{}", gives: 415, "unsupported_media_type"),
        Refusal(.post, "/search", ["Content-Type": "text/plain"], body: "{}", gives: 415, "unsupported_media_type"),
        Refusal(.post, "/search", json, body: "{}", gives: 400, "invalid_request"),
        Refusal(.post, "/search?limit=x", json, body: #"{"name":"a"}"#, gives: 400, "invalid_request"),
        Refusal(
            .post, "/things", all.merging(json) { $1 }, body: String(repeating: " ", count: 65), gives: 413,
            "content_too_large"),
        Refusal(.get, "/open", body: String(repeating: " ", count: 4_097), gives: 413, "content_too_large"),
        Refusal(.get, "/full", gives: 503, "storage_unavailable"),
        Refusal(.get, "/broken", gives: 500, "internal_error"),
        Refusal(.get, "/named", gives: 404, "not_found"),
    ]

    @Test("Refusals carry status, stable code, a sentence and the request's id", arguments: Carrier.allCases, refusals)
    func refuses(_ carrier: Carrier, _ refusal: Refusal) async throws {
        try await withApplication(carrier, ApplicationTests.routes) { application in
            let answer = try await application.send(
                refusal.method, refusal.target, HTTPFields(refusal.fields), body: Array(refusal.body.utf8))
            #expect(answer.status == refusal.status)
            let body = try answer.json()
            #expect(body["error"]?.string == refusal.code)
            #expect(body["message"]?.string?.isEmpty == false)
            #expect(body["requestId"]?.string == answer.fields["X-Request-Id"])
            #expect(APIError.schema.problems(in: body) == [])
            #expect(answer.fields.values(of: "Content-Type") == ["application/json"])
            #expect(answer.fields.values(of: "Cache-Control") == ["no-store"])
            #expect(answer.fields.values(of: "X-Content-Type-Options") == ["nosniff"])
            #expect((answer.fields["WWW-Authenticate"] != nil) == (refusal.status == 401))
            #expect((answer.fields["Allow"] != nil) == (refusal.status == 405))
        }
    }

    @Test("What works at the limits", arguments: Carrier.allCases)
    func limits(_ carrier: Carrier) async throws {
        try await withApplication(carrier, ApplicationTests.routes) { application in
            let frame = #"{"name":"abcde"}"#
            let padding = String(repeating: " ", count: 64 - frame.utf8.count)
            let full = try await application.send(
                .post, "/things", json: frame + padding, ["Authorization": "Bearer all"])
            #expect(full.status == 201)
            // Some clients send a body with GET and DELETE; it is read and dropped.
            let padded = try await application.send(
                .delete, "/things/a", ["Authorization": "bearer all", "Content-Type": "application/json"],
                body: [UInt8](repeating: 0x7B, count: 4_096))
            #expect(padded.status == 200)
        }
    }

    @Test("Two Authorization fields are no token, even when they are equal", arguments: Carrier.allCases)
    func twoTokens(_ carrier: Carrier) async throws {
        try await withApplication(carrier, ApplicationTests.routes) { application in
            let answer = try await application.send(
                .get, "/mine", ["Authorization": "Bearer all", "authorization": "Bearer all"])
            #expect(answer.status == 401)
        }
    }

    @Test("A stale token does not close an open route", arguments: Carrier.allCases)
    func openRoutes(_ carrier: Carrier) async throws {
        try await withApplication(carrier, ApplicationTests.routes) { application in
            let answer = try await application.send(.get, "/open", ["Authorization": "Bearer expired"])
            #expect(answer.status == 200)
        }
    }

    @Test("405 lists the methods there are, with HEAD beside GET, and OPTIONS")
    func allow() async throws {
        try await withApplication(.memory, ApplicationTests.routes) { application in
            let things = try await application.send(.put, "/things/a")
            #expect(things.fields["Allow"] == "DELETE, GET, HEAD, OPTIONS")
            let search = try await application.send(.get, "/search")
            #expect(search.fields["Allow"] == "POST, OPTIONS")
        }
    }

    @Test("HEAD is GET without the body", arguments: Carrier.allCases)
    func head(_ carrier: Carrier) async throws {
        try await withApplication(carrier, ApplicationTests.routes) { application in
            let (get, head) = (
                try await application.send(.get, "/open"), try await application.send(.head, "/open")
            )
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
            #expect(head.fields["Content-Type"] == get.fields["Content-Type"])
            if carrier == .socket { #expect(head.fields["Content-Length"] == String(get.body.count)) }
            #expect(try await application.send(.head, "/mine").status == 401)
        }
    }

    @Test("A refusal's own members and message are shown, its private reason is not", arguments: Carrier.allCases)
    func details(_ carrier: Carrier) async throws {
        try await withApplication(carrier, ApplicationTests.routes) { application in
            let answer = try await application.send(.get, "/named")
            let body = try answer.json()
            #expect(body["message"] == "More exactly.")
            #expect(body["extra"] == 1)
            #expect(!answer.text.contains("private"))
        }
    }

    @Test(
        "What no route has named is named by the environment, and says when to come again", arguments: Carrier.allCases)
    func translates(_ carrier: Carrier) async throws {
        try await withApplication(carrier, ApplicationTests.routes) { application in
            let full = try await application.send(.get, "/full")
            #expect(full.fields["Retry-After"] == "5")
            #expect(!full.text.contains("disk_full") && !full.text.contains("DiskFull"))
            let broken = try await application.send(.get, "/broken")
            #expect(!broken.text.contains("Cancellation"))
            #expect(broken.fields["Retry-After"] == nil)
        }
    }

    @Test("A handler sees who calls, what they brought, and nothing unchecked", arguments: Carrier.allCases)
    func call(_ carrier: Carrier) async throws {
        let route = Endpoint(
            .put, "/a/{one}/b/{two}", area: "A", summary: "A.", access: .wallet(permission: nil),
            parameters: [.init(.query, "limit", .digits(upTo: 3), "How many.")],
            input: .object([.required("key", .secret(length: 4...8)), .optional("note", .text())], isOpen: true),
            answer: .json(200, .anything)
        ) { call in
            let secret = call.withSecret("key") { String(decoding: $0, as: UTF8.self) }
            return .json([
                "path": [.string(try call.path("one")), .string(try call.path("two"))],
                "limit": call.parameter("limit").map { .string($0) } ?? .null,
                "secret": .string(secret ?? ""), "none": .bool(call.withSecret("note") { _ in 1 } == nil),
                "body": call.body, "caller": .string(try call.caller().address), "id": .string(call.requestID),
                "note": call.optionalText("note").map { .string($0) } ?? .null,
            ])
        }
        try await withApplication(carrier, [route]) { application in
            let answer = try await application.send(
                .put, "/a/z%2Fx/b/y?limit=7&other=1", json: #"{"key":"sk-1","note":"n"}"#,
                ["Authorization": "Bearer all"])
            let body = try answer.json()
            #expect(body["path"] == ["z/x", "y"])
            #expect(body["limit"] == "7")
            #expect(body["secret"] == "sk-1")
            #expect(body["none"] == true)
            #expect(body["body"] == ["key": "", "note": "n"])
            #expect(body["note"] == "n")
            #expect(body["caller"]?.string == "0x" + String(repeating: "a", count: 40))
            #expect(body["id"]?.string == answer.fields["X-Request-Id"])
        }
    }

    @Test("A refused request never reaches its handler")
    func neverReached() async throws {
        let reached = Atomic(0)
        let route = Endpoint(
            .post, "/x", area: "X", summary: "X.", access: .wallet(permission: "x:y"), input: ApplicationTests.thing,
            answer: .json(200, .anything)
        ) { _ in
            reached.add(1, ordering: .relaxed)
            return .json(nil)
        }
        try await withApplication(.memory, [route]) { application in
            for (token, body) in [("", "{}"), ("bad", "{}"), ("reader", #"{"name":"a"}"#), ("all", "{}"), ("all", "[")]
            {
                let answer = try await application.send(.post, "/x", json: body, ["Authorization": "Bearer \(token)"])
                #expect((400..<500).contains(answer.status))
            }
            let early = reached.load(ordering: .relaxed)
            #expect(early == 0)
            let good = try await application.send(
                .post, "/x", json: #"{"name":"a"}"#, ["Authorization": "Bearer all"])
            #expect(good.status == 200)
        }
        let all = reached.load(ordering: .relaxed)
        #expect(all == 1)
    }

    @Test("Request ids are unique, also between applications")
    func requestIDs() async throws {
        var ids: Set<String> = []
        for _ in 0..<2 {
            try await withApplication(.memory, ApplicationTests.routes) { application in
                for _ in 0..<50 {
                    ids.insert(try #require(try await application.send(.get, "/open").fields["X-Request-Id"]))
                }
            }
        }
        #expect(ids.count == 100)
    }

    @Test("A handler's own cache rule stands, and is not sent twice", arguments: Carrier.allCases)
    func cacheControl(_ carrier: Carrier) async throws {
        let route = Endpoint(
            .get, "/keys", area: "Keys", summary: "Keys.", access: .anyone, answer: .json(200, .anything)
        ) {
            _ in .json([], fields: ["cache-control": "public, max-age=60"])
        }
        try await withApplication(carrier, [route]) { application in
            let answer = try await application.send(.get, "/keys")
            #expect(answer.fields.values(of: "Cache-Control") == ["public, max-age=60"])
        }
    }

    @Test("What the parser refuses is answered in the same shape")
    func protocolRefusals() async throws {
        try await withApplication(.memory, []) { application in
            for refusal in ProtocolRefusal.allCases {
                let response = application.application.refuse(refusal)
                guard case .bytes(let bytes) = response.content else {
                    Issue.record("\(refusal) is answered with a stream")
                    continue
                }
                let body = try JSON(parsing: bytes)
                #expect(APIError.schema.problems(in: body) == [])
                #expect(response.status == refusal.status)
                let code = try #require(body["error"]?.string)
                #expect(code.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F || (0x30...0x39).contains($0) })
                #expect(body["requestId"]?.string == response.fields["X-Request-Id"])
            }
        }
    }
}
