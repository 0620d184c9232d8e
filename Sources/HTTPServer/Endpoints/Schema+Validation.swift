import Primitives

extension Schema {
    /// What does not fit, as `path: reason`, at most `Schema.maximumProblems` of them. Never quotes a value.
    func problems(in value: JSON, withheld: [String: Range<Int>] = [:]) -> [String] {
        var problems: [String] = []
        check(value, at: "", withheld: withheld, into: &problems)
        return Array(problems.prefix(Schema.maximumProblems))
    }

    /// Enough to mend a request in one go, little enough for a log line.
    static let maximumProblems = 8

    private func check(_ value: JSON, at path: String, withheld: [String: Range<Int>], into problems: inout [String]) {
        guard problems.count < Schema.maximumProblems else { return }
        func problem(_ reason: String) {
            problems.append("\(path.isEmpty ? "body" : path): \(reason)")
        }
        switch self {
        case .named(_, let schema): schema.check(value, at: path, withheld: withheld, into: &problems)
        case .anything: break
        case .nullable(let schema):
            if !value.isNull { schema.check(value, at: path, withheld: withheld, into: &problems) }
        case .boolean:
            if value.bool == nil { problem("must be true or false") }
        case .integer(let range):
            guard let number = value.integer else { return problem("must be a whole number") }
            if !range.contains(number) { problem("must be from \(range.lowerBound) to \(range.upperBound)") }
        case .choice(let words):
            if !(value.string.map { text in words.contains { $0.hasSameBytes(as: text) } } ?? false) {
                problem("must be one of \(words.joined(separator: ", "))")
            }
        case .text(let length, let format):
            guard let text = value.string else { return problem("must be a string") }
            if let reason = Schema.problem(in: text, length: length, format: format) { problem(reason) }
        case .secret(let length):
            guard let place = withheld[path] else { return problem("must be a string") }
            if !length.contains(place.count) {
                problem("must have \(length.lowerBound) to \(length.upperBound) characters")
            }
        case .secrets(let name, let length, let maximum):
            guard let members = value.members else { return problem("must be an object") }
            guard (1...maximum).contains(members.count) else { return problem("must have 1 to \(maximum) members") }
            for member in members {
                if Schema.problem(in: member.name, name) != nil {
                    problem("has a name that does not match \(name.pattern)")
                } else if let place = withheld["\(path).\(member.name)"] {
                    if !length.contains(place.count) {
                        problem("must have values of \(length.lowerBound) to \(length.upperBound) bytes")
                    }
                } else {
                    problem("must have strings as values")
                }
            }
        case .list(let element, let maximum):
            guard let values = value.array else { return problem("must be a list") }
            guard values.count <= maximum else { return problem("must have at most \(maximum) elements") }
            for (index, value) in values.enumerated() {
                element.check(value, at: "\(path)[\(index)]", withheld: [:], into: &problems)
            }
        case .object(let properties, let isOpen):
            guard let members = value.members else { return problem("must be an object") }
            Schema.check(members, properties, isOpen, at: path, withheld: withheld, into: &problems)
        }
    }

    private static func check(
        _ members: [JSON.Member], _ properties: [Property], _ isOpen: Bool, at path: String,
        withheld: [String: Range<Int>], into problems: inout [String]
    ) {
        let prefix = path.isEmpty ? "" : path + "."
        for property in properties {
            if let member = members.first(where: { $0.name.hasSameBytes(as: property.name) }) {
                property.schema.check(member.value, at: prefix + property.name, withheld: withheld, into: &problems)
            } else if property.isRequired {
                problems.append("\(prefix)\(property.name): is missing")
            }
        }
        if !isOpen,
            members.contains(where: { member in !properties.contains { $0.name.hasSameBytes(as: member.name) } })
        {
            problems.append("\(path.isEmpty ? "body" : path): has a member that is not known")
        }
    }

    /// Why a text does not fit a format, or nil.
    static func problem(in text: String, _ format: TextFormat) -> String? {
        problem(in: text, length: format.length, format: format)
    }

    /// Why a text does not fit, or nil. Lengths count Unicode scalars, as JSON Schema does.
    static func problem(in text: String, length: ClosedRange<Int>, format: TextFormat?) -> String? {
        let count = text.unicodeScalars.count
        guard length.contains(count) else {
            return "must have \(length.lowerBound) to \(length.upperBound) characters"
        }
        if let format, !format.fits(text[...].utf8) { return "must match \(format.pattern)" }
        return nil
    }
}
