import HTTPTypes

/// `/docs`: every endpoint on one readable page that needs nothing from outside, no script included.
public enum DocumentationPage {
    /// What the page may load: nothing. Its style stands in it.
    public static let contentSecurityPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// The page as HTML.
    public static func make(title: String, summary: String, endpoints: [Endpoint]) -> String {
        var areas: [String] = []
        for endpoint in endpoints where !areas.contains(endpoint.area) { areas.append(endpoint.area) }
        let contents = areas.map { "<li><a href=\"#\(anchor($0))\">\(escape($0))</a></li>" }.joined()
        let sections = areas.map { area in
            let rows = endpoints.filter { $0.area == area }.map(article).joined()
            return "<section id=\"\(anchor(area))\"><h2>\(escape(area))</h2>\(rows)</section>"
        }.joined()
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width, initial-scale=1"><title>\(escape(title))</title>\
            <style>\(style)</style></head><body><header><h1>\(escape(title))</h1><p>\(escape(summary))</p>\
            <p>Machine-readable: <a href="/openapi.json">/openapi.json</a></p><nav><ul>\(contents)</ul></nav></header>\
            <main>\(sections)</main></body></html>
            """
    }

    private static func article(_ endpoint: Endpoint) -> String {
        var text = "<article><h3><code class=\"method\">\(endpoint.method.rawValue)</code> "
        text += "<code>\(escape(endpoint.path.text))</code></h3><p>\(prose(endpoint.summary))</p>"
        if !endpoint.detail.isEmpty { text += "<p>\(prose(endpoint.detail))</p>" }
        switch endpoint.access {
        case .anyone: text += "<p class=\"note\">Open to anybody.</p>"
        case .wallet(let permission):
            let right = permission.map { " with <code>\(escape($0))</code>" } ?? ""
            text += "<p class=\"note\">Needs a bearer token\(right).</p>"
        }
        if !endpoint.parameters.isEmpty {
            let rows = endpoint.parameters.map { parameter in
                row(parameter.name, "\(parameter.place.rawValue)", parameter.isRequired, parameter.summary)
            }
            text += table("Parameters", rows.joined())
        }
        if let input = endpoint.input { text += table("Body", rows(of: input)) }
        switch endpoint.answer {
        case .json(let status, let schema): text += table("Answer \(status.code)", rows(of: schema))
        case .events(let summary): text += "<p>Answers with a stream of server-sent events. \(prose(summary))</p>"
        case .text(let contentType): text += "<p>Answers with <code>\(escape(contentType))</code>.</p>"
        }
        let errors = endpoint.allErrors.sorted { $0.status.code < $1.status.code }.map { kind in
            "<tr><td>\(kind.status.code)</td><td><code>\(escape(kind.code))</code></td>"
                + "<td>\(escape(kind.help))</td></tr>"
        }
        text += "<details><summary>Refusals</summary><table>\(errors.joined())</table></details></article>"
        return text
    }

    private static func table(_ title: String, _ rows: String) -> String {
        rows.isEmpty ? "" : "<h4>\(escape(title))</h4><table class=\"shape\">\(rows)</table>"
    }

    private static func rows(of schema: Schema, prefix: String = "") -> String {
        switch schema {
        case .named(_, let inner), .nullable(let inner): return rows(of: inner, prefix: prefix)
        case .list(let element, _): return rows(of: element, prefix: prefix + "[].")
        case .object(let properties, _):
            return properties.map { property in
                row(prefix + property.name, kind(of: property.schema), property.isRequired, property.summary)
                    + rows(of: property.schema, prefix: prefix + property.name + ".")
            }.joined()
        default: return ""
        }
    }

    private static func kind(of schema: Schema) -> String {
        switch schema {
        case .text: "text"
        case .secret: "secret text"
        case .secrets: "object of secret texts"
        case .integer: "whole number"
        case .boolean: "true or false"
        case .choice(let words): words.joined(separator: " | ")
        case .list: "list"
        case .object: "object"
        case .anything: "any"
        case .nullable(let inner): kind(of: inner) + " or null"
        case .named(_, let inner): kind(of: inner)
        }
    }

    private static func row(_ name: String, _ kind: String, _ isRequired: Bool, _ summary: String) -> String {
        "<tr><td><code>\(escape(name))</code></td><td>\(escape(kind))\(isRequired ? "" : ", optional")</td>"
            + "<td>\(prose(summary))</td></tr>"
    }

    private static func anchor(_ area: String) -> String {
        String(area.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" })
    }

    /// Escaped text, with words in back-ticks set as code.
    private static func prose(_ text: String) -> String {
        escape(text).split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part in
            index % 2 == 1 ? "<code>\(part)</code>" : String(part)
        }.joined()
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "\"", with: "&quot;")
    }

    private static let style = """
        :root{color-scheme:light dark;--line:#8884;--quiet:#8888;--mark:#2a7d5f}\
        body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}\
        h2{margin-top:2.5rem;border-bottom:2px solid var(--mark)}article{padding:.5rem 0 1rem;border-bottom:1px solid \
        var(--line)}h3{margin:.5rem 0;overflow-wrap:anywhere}.method{color:var(--mark);font-weight:700}.note{color:\
        inherit;opacity:.75;font-size:.9em}nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;\
        padding:0}table{border-collapse:collapse;width:100%;font-size:.9em}td{padding:.25rem .75rem .25rem 0;\
        vertical-align:top;border-top:1px solid var(--line);overflow-wrap:anywhere}.shape td:nth-child(1){width:14rem}\
        .shape td:nth-child(2){width:11rem}h4{margin:.75rem 0 .25rem}\
        summary{cursor:pointer}
        """
}
