import HTTPTypes
import Primitives
import Testing

@Suite("Bad input has a fixed status and code, and changes nothing")
struct BadRequestTests {
    private static let json = [("Content-Type", "application/json")]

    /// Every route that reads a body, with its path's holes filled.
    private static func routes(_ contract: Contract) -> [(method: HTTPMethod, path: String)] {
        contract.operations.filter { $0.operation["requestBody"] != nil && !$0.path.contains("logout") }.map {
            operation in
            (
                HTTPMethod(rawValue: operation.method),
                BadRequestTests.filled(operation.path)
            )
        }
    }

    static let malformed: [(what: String, body: [UInt8])] = [
        ("nothing", []), ("a brace", Array("{".utf8)), ("text after it", Array("{}x".utf8)),
        ("two values", Array("{}{}".utf8)), ("a comment", Array("{}//".utf8)), ("single quotes", Array("{'a':1}".utf8)),
        ("a trailing comma", Array(#"{"a":1,}"#.utf8)), ("a byte-order mark", [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
        ("UTF-16", [0x7B, 0, 0x7D, 0]),
        ("a byte that is no UTF-8", Array("{\"a\":\"".utf8) + [0xFF] + Array("\"}".utf8)),
        ("an overlong form", Array("{\"a\":\"".utf8) + [0xC0, 0xAF] + Array("\"}".utf8)),
        ("half a surrogate pair", Array(#"{"a":"\ud800"}"#.utf8)), ("a raw line break", Array("{\"a\":\"\n\"}".utf8)),
        ("a name twice", Array(#"{"a":1,"a":2}"#.utf8)), ("a NUL", Array("{\u{0}}".utf8)),
        ("NaN", Array(#"{"a":NaN}"#.utf8)), ("a leading zero", Array(#"{"a":01}"#.utf8)),
        ("depth", Array(String(repeating: "[", count: 4_000).utf8)),
    ]

    @Test("No route reads malformed JSON")
    func malformedJSON() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let before = try await visitor.snapshot()
            for (method, path) in BadRequestTests.routes(gateway.contract) {
                for (what, body) in BadRequestTests.malformed {
                    let answer = try await gateway.send(
                        method, path, body: body, token: visitor.token, fields: BadRequestTests.json)
                    #expect(answer.status == 400, "\(method.rawValue) \(path): \(what)")
                    #expect(answer.code == "invalid_request")
                }
            }
            #expect(try await visitor.snapshot() == before)
        }
    }

    @Test("No route takes a body that is no object, or has no media type of JSON")
    func kinds() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            for (method, path) in BadRequestTests.routes(gateway.contract) {
                for body in ["[]", "null", "1", #""text""#] {
                    try await gateway.send(
                        method, path, body: Array(body.utf8), token: visitor.token, fields: BadRequestTests.json
                    ).expect(400, "invalid_request")
                }
                for type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"] {
                    try await gateway.send(
                        method, path, body: Array("{}".utf8), token: visitor.token, fields: [("Content-Type", type)]
                    ).expect(415, "unsupported_media_type")
                }
            }
        }
    }

    @Test("No route takes a body above its limit; at the limit it is read")
    func sizes() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            for (method, path) in BadRequestTests.routes(gateway.contract) {
                let limit = BadRequestTests.limit(path)
                for (size, status) in [(limit, 400), (limit + 1, 413)] {
                    let answer = try await gateway.send(
                        method, path, body: [UInt8](repeating: 0x20, count: size), token: visitor.token,
                        fields: BadRequestTests.json)
                    #expect(answer.status == status, "\(method.rawValue) \(path) with \(size) bytes")
                    #expect(answer.code == (status == 413 ? "content_too_large" : "invalid_request"))
                }
            }
        }
    }

    /// A path with something in each of its holes.
    private static func filled(_ path: String) -> String {
        [
            ("{id}", "assistant"), ("{sid}", "cnv_none"), ("{serverId}", "github"), ("{agentId}", "assistant"),
            ("{key}", "KEY"), ("{deviceCode}", "none"),
        ].reduce(path) { $0.replacing($1.0, with: $1.1) }
    }

    private static func limit(_ path: String) -> Int {
        if path.hasSuffix("/chat") { return 6 * 131_072 + 4_096 }
        if path.hasSuffix("/auth/verify") || path.hasSuffix("/auth/siwe/verify") { return 32_768 }
        let large = [
            "/api/attestation/handover", "/wallet/mcp-secrets/github", "/wallet/agent-secrets/assistant",
        ]
        return large.contains(path) ? 65_536 : 16_384
    }

    @Test("Required members are demanded, and wrong types named, without being repeated")
    func types() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            let before = try await visitor.snapshot()
            for operation in gateway.contract.operations {
                let schema = operation.operation["requestBody"]?["content"]?["application/json"]?["schema"]
                guard let required = schema?["required"]?.array?.compactMap(\.string), !required.isEmpty else {
                    continue
                }
                let path = BadRequestTests.filled(operation.path)
                let method = HTTPMethod(rawValue: operation.method)
                let empty = try await visitor.send(method, path, json: [:])
                empty.expect(400, "invalid_request")
                for name in required {
                    #expect(try empty.string("message").contains("\(name): is missing"), "\(path)")
                    let type = schema?["properties"]?[name]?["type"]?.string
                    let wrongs: [(type: String, value: JSON)] = [
                        ("array", ["canary"]), ("number", .number("1.5")), ("object", ["canary": "canary"]),
                    ]
                    for wrong in wrongs.filter({ $0.type != type }).map(\.value) {
                        let body = JSON.object([.init(name, wrong)])
                        let answer = try await visitor.send(method, path, json: body)
                        answer.expect(400, "invalid_request")
                        #expect(try answer.string("message").contains("\(name): must be"), "\(path)")
                        #expect(!answer.text.contains("canary"))
                    }
                }
            }
            #expect(try await visitor.snapshot() == before)
        }
    }

    @Test("Without a token, or with a bad one, exactly the open routes answer")
    func access() async throws {
        try await withGateway { gateway in
            for operation in gateway.contract.operations {
                let path = BadRequestTests.filled(operation.path)
                let needsToken = operation.operation["security"] != nil
                for token in [nil, "bad", "a.b.c", "mcpwt_bad", ""] as [String?] {
                    let answer = try await gateway.send(
                        HTTPMethod(rawValue: operation.method), path, body: Array("{}".utf8), token: token,
                        fields: BadRequestTests.json)
                    #expect((answer.status == 401) == needsToken, "\(operation.method) \(path) with \(token ?? "none")")
                    if needsToken {
                        #expect(
                            answer.code
                                == (["bad", "a.b.c", "mcpwt_bad"].contains(token) ? "TOKEN_MALFORMED" : "unauthorized"))
                        #expect(answer.fields["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
                    }
                }
            }
        }
    }

    @Test("Other methods are 405 with what is allowed; paths that are none are 404")
    func unrouted() async throws {
        try await withGateway { gateway in
            let visitor = try await gateway.visitor()
            for path in Set(gateway.contract.operations.map(\.path)) {
                let real = BadRequestTests.filled(path)
                let answer = try await visitor.send(.patch, real)
                answer.expect(405, "method_not_allowed")
                let known = gateway.contract.operations.filter { $0.path == path }.map(\.method)
                let allowed = (answer.fields["Allow"] ?? "").split(separator: ", ").map(String.init)
                #expect(Set(allowed) == Set(known + ["OPTIONS"] + (known.contains("GET") ? ["HEAD"] : [])))
            }
            for path in [
                "/", "/Agents", "/agents/", "//agents", "/agents/assistant/", "/wallet", "/wallet/balance/x",
                "/%61gents",
                "/wallet/../agents", "/wallet/levanto-apikey", "/voice/token", "/admin", "/.env", "/api", "/auth",
            ] {
                try await visitor.get(path).expect(404, "not_found")
            }
        }
    }

    @Test("Every answer names its request, keeps out of caches, and is not to be sniffed")
    func fields() async throws {
        let folder = try TemporaryFolder()
        let ids = try await withGateway(in: folder) { gateway in
            let visitor = try await gateway.visitor()
            var ids: Set<String> = []
            for (path, status) in [("/wallet/balance", 200), ("/health", 200), ("/none", 404), ("/docs", 200)] {
                let answer = try await visitor.get(path).good(status)
                ids.insert(try #require(answer.fields["X-Request-Id"]))
                #expect(answer.fields.values(of: "Cache-Control") == ["no-store"])
                #expect(answer.fields.values(of: "X-Content-Type-Options") == ["nosniff"])
            }
            return ids
        }
        #expect(ids.count == 4)
        let logged = try folder.log().compactMap { $0["id"]?.string }
        #expect(ids.isSubset(of: logged))
    }
}
