import Foundation
import HTTPTypes
import Primitives
import Testing

@testable import HTTPServer

@Suite("The documentation page needs nothing and runs nothing")
struct DocumentationPageTests {
    /// Text that would end an element, an attribute or an entity if it were written as it is.
    private static let hostile = #"</td></code><script>alert("1")</script>&lt;'" onload=x>"#
    private static let escaped = "&lt;/td&gt;&lt;/code&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;lt;"

    private static let routes: [Endpoint] = [
        .echo(.get, "/things/{id}", access: .wallet(permission: hostile)), .echo(.delete, "/things/{id}"),
        Endpoint(
            .put, "/hostile/\(hostile)", area: hostile, summary: hostile, detail: hostile, access: .anyone,
            parameters: [.init(.query, hostile, length: 0...1, hostile)],
            input: .object(
                [
                    .required(hostile, .choice([hostile]), hostile),
                    .optional("deep", .list(.object([.optional("leaf", .boolean, hostile)], isOpen: true), maximum: 2)),
                ], isOpen: true), answer: .json(200, .object([.optional(hostile, .boolean, hostile)], isOpen: true)),
            errors: [.init(409, hostile, hostile)]
        ) { _ in .json(nil) },
        Endpoint(.get, "/events", area: "E", summary: "E.", access: .anyone, answer: .events(hostile)) { _ in .json(nil)
        },
        Endpoint(.get, "/text", area: "E", summary: "T.", access: .anyone, answer: .text(contentType: hostile)) { _ in
            .json(nil)
        },
    ]

    private let page = DocumentationPage.make(title: hostile, summary: hostile, endpoints: routes)

    @Test("Every endpoint is listed with its method, path, access, members and refusals")
    func complete() {
        for endpoint in DocumentationPageTests.routes where !endpoint.path.text.contains("hostile") {
            #expect(
                page.contains(
                    "<code class=\"method\">\(endpoint.method.rawValue)</code> <code>\(endpoint.path.text)</code>"))
            #expect(page.contains("<p>\(endpoint.summary)</p>"))
        }
        #expect(page.components(separatedBy: "<article>").count - 1 == DocumentationPageTests.routes.count)
        #expect(page.contains("<code>deep[].leaf</code>") || page.contains("<code>deep.[].leaf</code>"))
        #expect(page.contains("<td>409</td>"))
        #expect(page.contains("<code>storage_unavailable</code>"))
    }

    @Test("Nothing that a route says can become markup")
    func escapes() {
        #expect(!page.contains(DocumentationPageTests.hostile))
        #expect(!page.contains("<script"))
        #expect(!page.contains("alert(\"1\")"))
        // Title twice, summary, path, area, endpoint's summary and detail, permission, parameter and its summary,
        // member, its words and summary, leaf, answer's member and summary, code and help, events, content type.
        #expect(page.components(separatedBy: DocumentationPageTests.escaped).count - 1 >= 20)
    }

    @Test("Its elements are few, balanced, and carry no handler and no outside address")
    func elements() throws {
        let tags = try NSRegularExpression(pattern: "<(/?)([a-z0-9]+)([^>]*)>")
        let whole = NSRange(page.startIndex..., in: page)
        var open: [String: Int] = [:]
        for match in tags.matches(in: page, range: whole) {
            let parts = (1...3).map { Range(match.range(at: $0), in: page).map { String(page[$0]) } ?? "" }
            open[parts[1], default: 0] += parts[0].isEmpty ? 1 : -1
            for name in ["on", "src", "style=", "srcset", "action", "formaction", "http-equiv"] {
                #expect(!parts[2].contains(" \(name)"), "<\(parts[1])\(parts[2])>")
            }
            if let link = parts[2].range(of: "href=\"") {
                let target = parts[2][link.upperBound...]
                #expect(target.hasPrefix("#") || target.hasPrefix("/openapi.json\""))
            }
        }
        for (name, count) in open where name != "meta" { #expect(count == 0, "<\(name)>") }
        for name in ["script", "link", "img", "iframe", "object", "embed", "form", "input", "base", "svg"] {
            #expect(open[name] == nil, "<\(name)>")
        }
        let outside = ["http:", "https:", "url(", "@import", "javascript:", "data:"]
        for word in outside { #expect(!page.contains(word), "\(word)") }
    }

    @Test("Its policy lets a browser load nothing from anywhere")
    func policy() {
        let policy = DocumentationPage.contentSecurityPolicy
        #expect(policy.hasPrefix("default-src 'none'; "))
        #expect(!policy.contains("script-src"))
        #expect(!policy.contains("http"))
    }

    @Test("A link of the contents leads to its section")
    func anchors() {
        let page = DocumentationPage.make(title: "T", summary: "S", endpoints: [.echo(.get, "/a")])
        #expect(page.contains("<a href=\"#echo\">Echo</a>"))
        #expect(page.contains("<section id=\"echo\">"))
    }
}
