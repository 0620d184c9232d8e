import HTTPTypes
import Primitives
import Testing

@testable import HTTPServer

@Suite("Browser pages may call where the operator lets them")
struct CrossOriginTests {
    private static let page = "https://app.example"
    private static let routes: [Endpoint] = [
        .echo(.get, "/open"), .echo(.get, "/mine", access: .wallet(permission: nil)),
    ]
    private static let allow = "Access-Control-Allow-Origin"

    @Test("Any origin: every answer may be read, errors too", arguments: Carrier.allCases)
    func anyOrigin(_ carrier: Carrier) async throws {
        try await withApplication(carrier, CrossOriginTests.routes) { application in
            for (target, status) in [("/open", 200), ("/mine", 401), ("/none", 404)] {
                let answer = try await application.send(.get, target, ["Origin": CrossOriginTests.page])
                #expect(answer.status == status)
                #expect(answer.fields.values(of: CrossOriginTests.allow) == ["*"])
                let exposed = answer.fields["Access-Control-Expose-Headers"] ?? ""
                for name in ["X-Request-Id", "Retry-After", "WWW-Authenticate", "Accept-Signature"] {
                    #expect(exposed.contains(name))
                }
                #expect(answer.fields["Access-Control-Allow-Credentials"] == nil)
            }
            let plain = try await application.send(.get, "/open")
            #expect(plain.fields[CrossOriginTests.allow] == "*")
        }
    }

    @Test(
        "Listed origins: only those are named back, byte for byte",
        arguments: Carrier.allCases,
        [
            ("https://app.example", true), ("https://two.example", true), ("https://APP.example", false),
            ("https://app.example/", false), ("https://app.example:443", false), ("https://evil.example", false),
            ("https://app.example.evil.example", false), ("null", false), ("*", false), ("", false),
            ("https://app.example, https://evil.example", false),
        ])
    func listed(_ carrier: Carrier, _ origin: (text: String, isAllowed: Bool)) async throws {
        let origins = [CrossOriginTests.page, "https://two.example"]
        try await withApplication(carrier, CrossOriginTests.routes, origins: origins) { application in
            for (target, method) in [("/open", HTTPMethod.get), ("/none", .get), ("/open", .options)] {
                let answer = try await application.send(method, target, ["Origin": origin.text])
                #expect(answer.fields.values(of: CrossOriginTests.allow) == (origin.isAllowed ? [origin.text] : []))
                // A cache must not give one page's answer to another, whoever asked first.
                #expect(answer.fields.values(of: "Vary") == ["Origin"], "\(method.rawValue) \(target)")
            }
        }
    }

    @Test("Without an Origin field a listed server still says that answers differ by it")
    func noOrigin() async throws {
        try await withApplication(.memory, CrossOriginTests.routes, origins: [CrossOriginTests.page]) { application in
            let answer = try await application.send(.get, "/open")
            #expect(answer.fields[CrossOriginTests.allow] == nil)
            #expect(answer.fields.values(of: "Vary") == ["Origin"])
        }
    }

    @Test(
        "A preflight needs no token and tells what is possible, on any path",
        arguments: Carrier.allCases, ["/open", "/mine", "/none", "/open/%zz"])
    func preflight(_ carrier: Carrier, _ target: String) async throws {
        try await withApplication(carrier, CrossOriginTests.routes) { application in
            let answer = try await application.send(
                .options, target,
                ["Origin": CrossOriginTests.page, "Access-Control-Request-Method": "PUT"])
            #expect(answer.status == 204)
            #expect(answer.body.isEmpty)
            #expect(answer.fields.values(of: CrossOriginTests.allow) == ["*"])
            let methods = answer.fields["Access-Control-Allow-Methods"] ?? ""
            for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] { #expect(methods.contains(method)) }
            let names = answer.fields["Access-Control-Allow-Headers"] ?? ""
            for name in [
                "Authorization", "Content-Type", "Idempotency-Key", "X-Runtime-Scope-Id", "A2A-Version", "DPoP",
                "Content-Digest", "Signature", "Signature-Input",
            ] {
                #expect(names.contains(name))
            }
            #expect(answer.fields["Access-Control-Max-Age"] == "600")
            #expect(answer.fields["X-Request-Id"]?.hasPrefix("req_") == true)
        }
    }

    @Test("A foreign page's preflight is answered without any permission")
    func foreignPreflight() async throws {
        try await withApplication(.memory, CrossOriginTests.routes, origins: []) { application in
            let answer = try await application.send(.options, "/open", ["Origin": CrossOriginTests.page])
            #expect(answer.status == 204)
            #expect(!answer.fields.all.contains { $0.name.hasPrefix("Access-Control") })
        }
    }
}
