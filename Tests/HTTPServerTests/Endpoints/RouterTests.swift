import HTTPTypes
import Primitives
import Testing

@testable import HTTPServer

@Suite("A path leads to one endpoint, or to none")
struct RouterTests {
    static let routes: [Endpoint] = [
        .echo(.get, "/"), .echo(.get, "/agents"), .echo(.get, "/agents/{id}"), .echo(.delete, "/agents/{id}"),
        .echo(.get, "/agents/custom"), .echo(.post, "/agents/custom"), .echo(.get, "/agents/{id}/sessions/{sid}"),
        .echo(.post, "/agents/{id}/sessions/{sid}/chat"), .echo(.get, "/agents/custom/{id}/reflect"),
        .echo(.put, "/files/.well-known/{name}"),
    ]

    private func match(_ method: HTTPMethod, _ path: String) -> Router.Match {
        Router(RouterTests.routes).match(method, path)
    }

    /// What was found, as one line: the route and its values, or the word for what was not.
    private func outcome(_ method: HTTPMethod, _ path: String) -> String {
        switch match(method, path) {
        case .found(let index, let values):
            ([RouterTests.routes[index].name] + values).joined(separator: " | ")
        case .wrongMethod(let allowed): "wrong method, " + allowed.map(\.rawValue).joined(separator: " ")
        case .notFound: "not found"
        case .badPath: "bad path"
        }
    }

    @Test(
        "Literal segments win over holes, and a dead end is walked back from",
        arguments: [
            ("/", "GET /"), ("/agents", "GET /agents"), ("/agents/a", "GET /agents/{id} | a"),
            ("/agents/custom", "GET /agents/custom"), ("/agents/customs", "GET /agents/{id} | customs"),
            ("/agents/custom/a/reflect", "GET /agents/custom/{id}/reflect | a"),
            ("/agents/custom/sessions/s", "GET /agents/{id}/sessions/{sid} | custom | s"),
            ("/agents/a/sessions/s", "GET /agents/{id}/sessions/{sid} | a | s"),
        ])
    func literals(path: String, expected: String) {
        #expect(outcome(.get, path) == expected)
    }

    @Test("A literal stays a literal when only the hole knows the method")
    func literalsKeepTheirMethods() {
        #expect(outcome(.delete, "/agents/custom") == "wrong method, GET POST")
    }

    @Test("HEAD finds GET's endpoint, and nothing else")
    func head() {
        #expect(outcome(.head, "/agents/a") == "GET /agents/{id} | a")
        #expect(outcome(.head, "/agents/a/sessions/s/chat") == "wrong method, POST")
    }

    @Test(
        "A known path with another method tells the methods it has, sorted",
        arguments: [
            (HTTPMethod.put, "/agents/a", "wrong method, DELETE GET"), (.post, "/agents", "wrong method, GET"),
            (HTTPMethod(rawValue: "get"), "/agents", "wrong method, GET"),
            (.get, "/files/.well-known/x", "wrong method, PUT"),
        ])
    func wrongMethod(method: HTTPMethod, path: String, expected: String) {
        #expect(outcome(method, path) == expected)
    }

    @Test(
        "Another spelling of a path is another path",
        arguments: [
            "", "*", "//", "/agents/", "//agents", "/agents//", "/agents//sessions/s", "/Agents", "/agents/a/",
            "/agents/a/sessions", "/agents/a/sessions/", "/agents/a/sessions//chat", "/%61gents", "/agents%2Fa",
            "/agents/a/%73essions/s", "/agents/./a", "/agents/../agents", "/../agents", "/agents/a/../../agents",
            "/files/%2Ewell-known/x", "/agents;v=1", "/agents /a", "/agents\\a", "/agents/a/sessions/s/chat/more",
        ])
    func otherSpellings(path: String) {
        #expect(outcome(.get, path) == "not found")
    }

    @Test(
        "Dots, escaped slashes and semicolons in a hole are the value's own, never resolved",
        arguments: [
            ("/agents/..", ".."), ("/agents/.", "."), ("/agents/%2e%2E", ".."), ("/agents/a%2Fb", "a/b"),
            ("/agents/a;b", "a;b"), ("/agents/a+b", "a+b"), ("/agents/%C3%A9", "é"), ("/agents/%20", " "),
            ("/agents/custom%20", "custom "), ("/agents/%63ustom", "custom"),
        ])
    func holes(path: String, value: String) {
        #expect(outcome(.get, path) == "GET /agents/{id} | \(value)")
    }

    @Test("An escape is decoded once")
    func decodesOnce() {
        #expect(outcome(.get, "/agents/%252e%252e") == "GET /agents/{id} | %2e%2e")
        #expect(outcome(.get, "/agents/%2525") == "GET /agents/{id} | %25")
    }

    @Test(
        "A broken escape, bytes that are not UTF-8 and control characters are refused",
        arguments: [
            "%", "%2", "%zz", "a%", "a%4", "%+1", "%ff", "%C3", "%ED%A0%80", "%C0%AF", "%00", "a%0Ab", "%0D%0A", "%7F",
            "%1b",
        ])
    func brokenEscapes(segment: String) {
        #expect(outcome(.get, "/agents/\(segment)") == "bad path")
    }

    @Test(
        "Whatever the path, nothing but the router's own values come out, and quickly",
        arguments: [1, 2, 3, 4] as [UInt64])
    func anyPath(seed: UInt64) {
        let pieces = ["/", "/", "agents", "custom", "sessions", "chat", "a", "..", ".", "%2F", "%", "%00", "é", "{id}"]
        let random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            let count = Int(random.bytes(1)[0] % 12)
            let path = "/" + random.bytes(count).map { pieces[Int($0) % pieces.count] }.joined()
            guard case .found(let index, let values) = match(.get, path) else { continue }
            let template = RouterTests.routes[index].path
            #expect(values.count == template.names.count, "seed \(seed), \(path)")
            #expect(path.split(separator: "/", omittingEmptySubsequences: false).count - 1 == template.segments.count)
        }
    }

    @Test("The root has one segment, the empty one")
    func templates() {
        #expect(PathTemplate("/").segments == [.literal("")])
        #expect(PathTemplate("/a/{b}/c").names == ["b"])
        #expect(PathTemplate("/a/{b}c").segments == [.literal("a"), .literal("{b}c")])
    }

    @Test("Two endpoints with one method and path are a mistake of the program")
    func twins() async {
        await #expect(processExitsWith: .failure) {
            _ = Router([.echo(.get, "/a/{b}"), .echo(.get, "/a/{c}")])
        }
    }
}
