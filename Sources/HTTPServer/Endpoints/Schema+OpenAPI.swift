import Primitives

extension Schema {
    /// This shape as JSON Schema 2020-12. Named schemas become references; their bodies are added to `components`.
    func jsonSchema(components: inout [String: JSON]) -> JSON {
        switch self {
        case .text(let length, let format): return Schema.text(length, format)
        case .secret(let length):
            return [
                "type": "string", "format": "password", "pattern": "^[!#-\\[\\]-~]+$",
                "minLength": .integer(Int64(length.lowerBound)), "maxLength": .integer(Int64(length.upperBound)),
            ]
        case .secrets(let name, let length, let maximum):
            return [
                "type": "object", "minProperties": 1, "maxProperties": .integer(Int64(maximum)),
                "propertyNames": Schema.text(name.length, name),
                "additionalProperties": [
                    "type": "string", "format": "password", "minLength": .integer(Int64(length.lowerBound)),
                    "maxLength": .integer(Int64(length.upperBound)),
                ],
            ]
        case .integer(let range):
            return ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
        case .boolean: return ["type": "boolean"]
        case .choice(let words): return ["type": "string", "enum": .array(words.map { .string($0) })]
        case .list(let element, let maximum):
            return [
                "type": "array", "items": element.jsonSchema(components: &components),
                "maxItems": .integer(Int64(maximum)),
            ]
        case .anything: return .object([])
        case .nullable(let schema):
            return ["anyOf": [schema.jsonSchema(components: &components), ["type": "null"]]]
        case .named(let name, let schema):
            if components[name] == nil {
                components[name] = .null
                components[name] = schema.jsonSchema(components: &components)
            }
            return ["$ref": .string("#/components/schemas/\(name)")]
        case .object(let properties, let isOpen):
            return Schema.object(properties, isOpen, components: &components)
        }
    }

    private static func text(_ length: ClosedRange<Int>, _ format: TextFormat?) -> JSON {
        var members: [JSON.Member] = [.init("type", "string")]
        if length.lowerBound > 0 { members.append(.init("minLength", .integer(Int64(length.lowerBound)))) }
        if length.upperBound < .max { members.append(.init("maxLength", .integer(Int64(length.upperBound)))) }
        if let format { members.append(.init("pattern", .string(format.pattern))) }
        return .object(members)
    }

    private static func object(_ properties: [Property], _ isOpen: Bool, components: inout [String: JSON]) -> JSON {
        var members: [JSON.Member] = [.init("type", "object")]
        var described: [JSON.Member] = []
        for property in properties {
            var schema = property.schema.jsonSchema(components: &components)
            if !property.summary.isEmpty, case .object(let inner) = schema {
                schema = .object(inner + [.init("description", .string(property.summary))])
            }
            described.append(.init(property.name, schema))
        }
        members.append(.init("properties", .object(described)))
        let required = properties.filter(\.isRequired).map { JSON.string($0.name) }
        if !required.isEmpty { members.append(.init("required", .array(required))) }
        if !isOpen { members.append(.init("additionalProperties", false)) }
        return .object(members)
    }
}
