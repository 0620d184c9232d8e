import HTTPTypes
import Primitives

/// The gateway's own OpenAPI document, by which every answer in these tests is judged. It reads the document alone:
/// what the product's checks think of an answer plays no part.
struct Contract: Sendable {
    let document: JSON

    /// Refusals that any route may give, and paths that are no route: they come before the route's own contract.
    private static let general: Set<String> = ["not_found", "method_not_allowed", "invalid_request"]

    /// What about an answer is not as documented; empty when all is.
    func problems(method: String, path: String, answer: Answer) -> [String] {
        let path = String(path.prefix { $0 != "?" })
        guard let operation = operation(method, path) else {
            return Contract.general.contains(answer.code ?? "") || method == "OPTIONS" || method == "HEAD"
                ? [] : ["\(method) \(path) is not documented and was answered \(answer.status)"]
        }
        guard let response = operation["responses"]?[String(answer.status)] else {
            return ["\(method) \(path) does not document \(answer.status) (\(answer.text.prefix(200)))"]
        }
        let type = String((answer.fields["Content-Type"] ?? "").prefix { $0 != ";" })
        guard let content = response["content"]?[type] else {
            return ["\(method) \(path) does not document \(answer.status) as \(type)"]
        }
        guard type == "application/json" else { return [] }
        var problems: [String] = []
        check(answer.json, content["schema"] ?? .null, at: "\(method) \(path) \(answer.status)", &problems)
        if answer.status >= 400, response["description"]?.string?.contains("`\(answer.code ?? "")`: ") != true {
            problems.append("\(method) \(path) does not document \(answer.status) \(answer.code ?? "without a code")")
        }
        return problems
    }

    /// Every operation: method, path, its object.
    var operations: [(method: String, path: String, operation: JSON)] {
        (document["paths"]?.members ?? []).flatMap { path in
            (path.value.members ?? []).map { ($0.name.uppercased(), path.name, $0.value) }
        }
    }

    /// The operation for a path; literal segments win over holes.
    private func operation(_ method: String, _ path: String) -> JSON? {
        let wanted = path.split(separator: "/", omittingEmptySubsequences: false)
        let fitting = operations.filter { $0.method == method }.filter { candidate in
            let segments = candidate.path.split(separator: "/", omittingEmptySubsequences: false)
            return segments.count == wanted.count
                && zip(segments, wanted).allSatisfy { $0 == $1 || ($0.hasPrefix("{") && !$1.isEmpty) }
        }
        return fitting.min { $0.path.count { $0 == "{" } < $1.path.count { $0 == "{" } }?.operation
    }

    private func check(_ value: JSON, _ schema: JSON, at place: String, _ problems: inout [String]) {
        if let reference = schema["$ref"]?.string {
            let name = String(reference.split(separator: "/").last ?? "")
            guard let found = document["components"]?["schemas"]?[name] else {
                return problems.append("\(place): \(reference) leads nowhere")
            }
            return check(value, found, at: place, &problems)
        }
        if let choices = schema["anyOf"]?.array {
            let fits = choices.contains { choice in
                var inner: [String] = []
                check(value, choice, at: place, &inner)
                return inner.isEmpty
            }
            if !fits { problems.append("\(place): fits none of the forms") }
            return
        }
        checkType(value, schema, at: place, &problems)
        if let words = schema["enum"]?.array, !words.contains(value) { problems.append("\(place): is no listed word") }
    }

    private func checkType(_ value: JSON, _ schema: JSON, at place: String, _ problems: inout [String]) {
        func demand(_ isRight: Bool, _ what: String) { if !isRight { problems.append("\(place): \(what)") } }
        switch schema["type"]?.string {
        case "object":
            guard let members = value.members else { return demand(false, "is no object") }
            checkObject(members, schema, at: place, &problems)
        case "array":
            guard let values = value.array else { return demand(false, "is no list") }
            demand(values.count <= schema["maxItems"]?.integer.map { Int($0) } ?? .max, "is too long")
            for (index, element) in values.enumerated() {
                check(element, schema["items"] ?? [:], at: "\(place)[\(index)]", &problems)
            }
        case "string":
            guard let text = value.string else { return demand(false, "is no text") }
            let count = Int64(text.unicodeScalars.count)
            demand(count >= schema["minLength"]?.integer ?? 0, "is too short")
            demand(count <= schema["maxLength"]?.integer ?? .max, "is too long")
            if let pattern = schema["pattern"]?.string {
                demand((try? PatternJudge.fits(text, pattern)) == true, "does not match \(pattern)")
            }
        case "integer":
            guard let number = value.integer else { return demand(false, "is no whole number") }
            demand(number >= schema["minimum"]?.integer ?? .min, "is too small")
            demand(number <= schema["maximum"]?.integer ?? .max, "is too large")
        case "boolean": demand(value.bool != nil, "is not true or false")
        case "null": demand(value.isNull, "is not null")
        case nil: break
        case let other?: demand(false, "has the unknown type \(other)")
        }
    }

    private func checkObject(_ members: [JSON.Member], _ schema: JSON, at place: String, _ problems: inout [String]) {
        let properties = schema["properties"]?.members ?? []
        for name in (schema["required"]?.array ?? []).compactMap(\.string)
        where !members.contains(where: { $0.name == name }) {
            problems.append("\(place).\(name): is missing")
        }
        for member in members {
            if let property = properties.first(where: { $0.name == member.name }) {
                check(member.value, property.value, at: "\(place).\(member.name)", &problems)
            } else if schema["additionalProperties"] == false {
                problems.append("\(place).\(member.name): is not documented")
            }
        }
    }
}
