import HTTPTypes
public import Primitives

/// The OpenAPI 3.1 document of a set of endpoints. The same endpoints always give the same bytes: it is checked in and
/// compared by a test.
public enum OpenAPIDocument {
    /// The document.
    public static func make(title: String, version: String, summary: String, endpoints: [Endpoint]) -> JSON {
        var components: [String: JSON] = [:]
        var paths: [(path: String, operations: [JSON.Member])] = []
        for endpoint in endpoints {
            let operation = JSON.Member(
                endpoint.method.rawValue.lowercased(), operation(of: endpoint, components: &components))
            if let place = paths.firstIndex(where: { $0.path == endpoint.path.text }) {
                paths[place].operations.append(operation)
            } else {
                paths.append((endpoint.path.text, [operation]))
            }
        }
        _ = APIError.schema.jsonSchema(components: &components)
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": .string(version), "description": .string(summary)],
            "paths": .object(paths.map { .init($0.path, .object($0.operations)) }),
            "components": [
                "schemas": .object(components.sorted { $0.key < $1.key }.map { .init($0.key, $0.value) }),
                "securitySchemes": [
                    "bearer": [
                        "type": "http", "scheme": "bearer",
                        "description":
                            "A session JWT from /auth/verify, an API key (also as X-Api-Key), or a wallet token.",
                    ]
                ],
            ],
        ]
    }

    private static func operation(of endpoint: Endpoint, components: inout [String: JSON]) -> JSON {
        var members: [JSON.Member] = [
            .init("operationId", .string(operationID(of: endpoint))),
            .init("tags", [.string(endpoint.area)]), .init("summary", .string(endpoint.summary)),
        ]
        if !endpoint.detail.isEmpty { members.append(.init("description", .string(endpoint.detail))) }
        if case .wallet(let permission) = endpoint.access {
            members.append(.init("security", [["bearer": []]]))
            if let permission { members.append(.init("x-permission", .string(permission))) }
        }
        let parameters = parameters(of: endpoint)
        if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
        if let input = endpoint.input {
            members.append(
                .init(
                    "requestBody",
                    [
                        "required": true,
                        "content": ["application/json": ["schema": input.jsonSchema(components: &components)]],
                    ]))
        }
        members.append(.init("responses", responses(of: endpoint, components: &components)))
        return .object(members)
    }

    private static func operationID(of endpoint: Endpoint) -> String {
        let words = endpoint.path.text.split { !($0.isLetter || $0.isNumber) }
        return ([endpoint.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
    }

    private static func parameters(of endpoint: Endpoint) -> [JSON] {
        let holes = endpoint.path.names.map { name -> JSON in
            [
                "name": .string(name), "in": "path", "required": true,
                "schema": ["type": "string", "pattern": .string(TextFormat.pathValue.pattern)],
            ]
        }
        return holes
            + endpoint.parameters.map { parameter in
                var components: [String: JSON] = [:]
                let schema = Schema.text(length: parameter.length, format: parameter.format)
                return [
                    "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
                    "required": .bool(parameter.isRequired), "description": .string(parameter.summary),
                    "schema": schema.jsonSchema(components: &components),
                ]
            }
    }

    private static func responses(of endpoint: Endpoint, components: inout [String: JSON]) -> JSON {
        var members: [JSON.Member] = []
        switch endpoint.answer {
        case .json(let status, let schema):
            let content: JSON = ["application/json": ["schema": schema.jsonSchema(components: &components)]]
            members.append(.init(String(status.code), ["description": "Done.", "content": content]))
        case .events(let text):
            members.append(
                .init(
                    "200",
                    [
                        "description": .string(text),
                        "content": ["text/event-stream": ["schema": ["type": "string"]]],
                    ]))
        case .text(let contentType):
            let essence = String(contentType.prefix { $0 != ";" })
            let content = JSON.object([.init(essence, ["schema": ["type": "string"]])])
            members.append(.init("200", ["description": "Done.", "content": content]))
        }
        let grouped = Dictionary(grouping: endpoint.allErrors, by: \.status.code)
        for (status, kinds) in grouped.sorted(by: { $0.key < $1.key }) {
            let text = kinds.map { "`\($0.code)`: \($0.help)" }.joined(separator: " ")
            members.append(
                .init(
                    String(status),
                    [
                        "description": .string(text),
                        "content": [
                            "application/json": ["schema": APIError.schema.jsonSchema(components: &components)]
                        ],
                    ]))
        }
        return .object(members)
    }
}
