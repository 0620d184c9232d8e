import HTTPTypes
import Primitives
import Synchronization
import Telemetry
import Testing

@testable import HTTPServer

@Suite("Every request leaves one line and one count, and no content")
struct ApplicationRecordTests {
    private static let routes: [Endpoint] = [
        .echo(.get, "/open"), .echo(.get, "/things/{id}", access: .wallet(permission: "things:read")),
        .mirror(
            "/mirror", input: .object([.required("name", .text(upTo: 9))], isOpen: true),
            parameters: [.init(.query, "tag", length: 0...9, "A tag.")]),
        .failing("/full", TestApplication.DiskFull()),
        .failing("/named", APIError(.notFound, message: "canary", details: [.init("canary", "canary")], reason: "why")),
    ]

    private func number(_ line: JSON, _ name: String) -> Int64? { line[name]?.integer }

    @Test("A line names route, status, time and outcome", arguments: Carrier.allCases)
    func lines(_ carrier: Carrier) async throws {
        try await withApplication(carrier, ApplicationRecordTests.routes) { application in
            let expected: [(target: String, route: String, status: Int64, code: String?, reason: String?)] = [
                ("/open", "GET /open", 200, nil, nil),
                ("/things/5", "GET /things/{id}", 401, "unauthorized", "no_token"),
                ("/full", "GET /full", 503, "storage_unavailable", "disk_full"),
                ("/named", "GET /named", 404, "not_found", "why"), ("/canary", "none", 404, "not_found", nil),
            ]
            for (target, route, status, code, reason) in expected {
                let answer = try await application.send(.get, target)
                let line = try application.lines.next()
                #expect(line["event"] == "request")
                #expect(line["id"]?.string == answer.fields["X-Request-Id"])
                #expect(line["route"]?.string == route)
                #expect(number(line, "status") == status)
                #expect(number(line, "durationMicroseconds").map { $0 >= 0 } == true)
                #expect(line["code"]?.string == code)
                #expect(line["reason"]?.string == reason)
                #expect(line["stream"] == nil)
                #expect(!line.text.contains("canary"))
            }
        }
    }

    @Test(
        "Nothing that a client sends stands in the line",
        arguments: Carrier.allCases,
        [
            (HTTPMethod.get, "/things/canary", ["Authorization": "Bearer canary"], ""),
            (.get, "/things/canary", ["Authorization": "Bearer reader"], ""),
            (.get, "/things/canary", ["Authorization": "canary"], ""),
            (.get, "/canary/canary?canary=canary", [:], ""), (.get, "/things/canary%zz", [:], ""),
            (HTTPMethod(rawValue: "CANARY"), "/open", [:], ""),
            (.post, "/mirror?tag=canary", ["Content-Type": "application/json"], #"{"name":"canary"}"#),
            (.post, "/mirror?tag=canary-canary", ["Content-Type": "application/json"], #"{"name":"canary"}"#),
            (.post, "/mirror", ["Content-Type": "application/json"], #"{"name":"canary-canary","canary":1}"#),
            (.post, "/mirror", ["Content-Type": "application/json"], #"{"name":1,"canary":canary}"#),
            (.post, "/mirror", ["Content-Type": "text/canary"], "canary"),
            (.get, "/open", ["Origin": "https://canary", "User-Agent": "canary", "X-Request-Id": "canary"], ""),
        ])
    func noContent(
        _ carrier: Carrier, _ request: (method: HTTPMethod, target: String, fields: [String: String], body: String)
    ) async throws {
        try await withApplication(carrier, ApplicationRecordTests.routes) { application in
            let answer = try await application.send(
                request.method, request.target, HTTPFields(request.fields.map { .init($0.key, $0.value) }),
                body: Array(request.body.utf8))
            let line = try application.lines.next()
            #expect(line["id"]?.string == answer.fields["X-Request-Id"])
            #expect(!line.text.lowercased().contains("canary"))
            #expect(!application.metrics.render().lowercased().contains("canary"))
        }
    }

    @Test("Counts and latencies go by route and status; unknown paths share one name", arguments: Carrier.allCases)
    func metrics(_ carrier: Carrier) async throws {
        try await withApplication(carrier, ApplicationRecordTests.routes) { application in
            for target in ["/open", "/open", "/a", "/b", "/things/1", "/full"] {
                _ = try await application.send(.get, target)
                _ = try application.lines.next()
            }
            let page = application.metrics.render()
            let counts = [
                (#"{route="GET /open",status="200"}"#, 2), (#"{route="none",status="404"}"#, 2),
                (#"{route="GET /things/{id}",status="401"}"#, 1), (#"{route="GET /full",status="503"}"#, 1),
            ]
            for (labels, count) in counts {
                #expect(page.contains("sealgate_http_requests_total\(labels) \(count)\n"))
            }
            #expect(page.contains(#"sealgate_http_request_seconds_count{route="GET /open"} 2"#))
            #expect(page.contains(#"sealgate_http_request_seconds_count{route="POST /mirror"} 0"#))
        }
    }

    @Test("What the parser refuses is logged and counted without a route")
    func protocolRefusal() async throws {
        try await withApplication(.socket, ApplicationRecordTests.routes) { application in
            let client = try RawClient(port: try #require(application.server).port)
            try client.send("GET /canary HTTP/1.1\r\nHost: canary\r\nHost: canary\r\n\r\n")
            #expect(try client.answer().status == 400)
            let line = try application.lines.next()
            #expect(line["event"] == "refused")
            #expect(line["code"] == "repeated_host")
            #expect(number(line, "status") == 400)
            #expect(!line.text.contains("canary"))
            #expect(
                application.metrics.render().contains(#"sealgate_http_requests_total{route="none",status="400"} 1"#))
        }
    }

    @Test("A stream's line is written when it ends, and says how", arguments: [("complete", false), ("failed", true)])
    func streams(outcome: String, fails: Bool) async throws {
        let route = Endpoint(.get, "/events", area: "E", summary: "E.", access: .anyone, answer: .events("Events.")) {
            _ in
            Response(
                200,
                content: .events { writer in
                    try await writer.send(ServerSentEvent(data: "canary"))
                    if fails { throw TestApplication.DiskFull() }
                })
        }
        try await withApplication(.socket, [route]) { application in
            let client = try RawClient(port: try #require(application.server).port)
            try client.send(TestApplication.head(.get, "/events", [:], length: 0))
            let answer = try client.answer()
            #expect(answer.status == 200)
            #expect(answer.text == "data: canary\n\n")
            #expect(answer.isWhole == !fails)
            let line = try application.lines.next()
            #expect(line["stream"]?.string == outcome)
            #expect(line["route"] == "GET /events")
            #expect(number(line, "status") == 200)
            #expect(!line.text.contains("canary"))
        }
    }

    @Test("A client that leaves in mid-stream ends the stream, and the line says so")
    func clientGone() async throws {
        let left = Atomic(false)
        let route = Endpoint(.get, "/events", area: "E", summary: "E.", access: .anyone, answer: .events("Events.")) {
            _ in
            Response(
                200,
                content: .events { writer in
                    defer { left.store(true, ordering: .sequentiallyConsistent) }
                    while true {
                        try await writer.send(ServerSentEvent(data: "more"))
                        await Task.yield()
                    }
                })
        }
        try await withApplication(.socket, [route]) { application in
            let client = try RawClient(port: try #require(application.server).port)
            try client.send(TestApplication.head(.get, "/events", [:], length: 0))
            #expect(try client.readHead().status == 200)
            _ = try client.readChunk()
            client.reset()
            let line = try application.lines.next()
            #expect(line["stream"] == "client_gone")
            let hasEnded = left.load(ordering: .sequentiallyConsistent)
            #expect(hasEnded)
        }
    }

    @Test("A streamed body of another kind is watched as well")
    func bodyStream() async throws {
        let route = Endpoint(
            .get, "/export", area: "E", summary: "E.", access: .anyone, answer: .text(contentType: "text/csv")
        ) { _ in
            Response(200, content: .stream(contentType: "text/csv") { try await $0.write(Array("a,b\n".utf8)) })
        }
        try await withApplication(.socket, [route]) { application in
            let answer = try await application.send(.get, "/export")
            #expect(answer.text == "a,b\n")
            #expect(answer.fields["Content-Type"] == "text/csv")
            #expect(try application.lines.next()["stream"] == "complete")
        }
    }
}
