import HTTPTypes
import Primitives
import Testing

@testable import HTTPServer

@Suite("The OpenAPI document follows from the endpoints")
struct OpenAPIDocumentTests {
    private static let shared = Schema.named(
        "Shared", .object([.required("inner", .named("Inner", .text(upTo: 3)))], isOpen: false))

    private static let routes: [Endpoint] = [
        .echo(.get, "/things"), .echo(.get, "/things/{id}", access: .wallet(permission: "things:read")),
        .mirror("/things", input: shared, access: .wallet(permission: nil)),
        Endpoint(
            .put, "/things/{id}", area: "Things", summary: "Puts.", detail: "In detail.",
            access: .wallet(permission: "things:write"),
            parameters: [
                .init(.query, "limit", .digits(upTo: 3), isRequired: true, "How many."),
                .init(.header, "Idempotency-Key", .visible, "A key."),
            ],
            input: .object(
                [
                    .required("a", .nullable(.integer(-1...5)), "The a."), .optional("b", .choice(["x", "y"])),
                    .optional("c", .list(shared, maximum: 4)), .optional("d", .secret(length: 3...9)),
                    .optional("e", .anything), .optional("f", .boolean),
                ], isOpen: true), answer: .json(202, shared),
            errors: [
                .init(409, "first_conflict", "Wait."), .init(409, "second_conflict", "Wait more."),
                .init(429, "slow_down", "Later."),
            ]
        ) { _ in .json(nil) },
        Endpoint(.get, "/events", area: "Things", summary: "Streams.", access: .anyone, answer: .events("Many.")) { _ in
            .json(nil)
        },
        Endpoint(
            .get, "/page", area: "Pages", summary: "A page.", access: .anyone,
            answer: .text(contentType: "text/html; charset=utf-8")
        ) { _ in .json(nil) },
    ]

    private static func make(_ endpoints: [Endpoint] = routes) -> JSON {
        OpenAPIDocument.make(title: "Title", version: "1.2.3", summary: "Summary.", endpoints: endpoints)
    }

    private let document = make()

    private func at(_ path: String...) -> JSON? {
        path.reduce(document) { $0?[$1] }
    }

    @Test("The same endpoints give the same bytes")
    func deterministic() {
        for _ in 0..<20 { #expect(OpenAPIDocumentTests.make().bytes == document.bytes) }
    }

    @Test("Every endpoint stands in it once, under a name of its own")
    func operations() throws {
        let paths = try #require(at("paths")?.members)
        #expect(paths.map(\.name) == ["/things", "/things/{id}", "/events", "/page"])
        let operations = paths.flatMap { $0.value.members ?? [] }
        #expect(operations.count == OpenAPIDocumentTests.routes.count)
        let names = operations.compactMap { $0.value["operationId"]?.string }
        #expect(names.count == Set(names).count)
        #expect(names.count == operations.count)
        #expect(at("paths", "/things", "post", "operationId") == "post_things")
    }

    @Test("Every reference leads to a schema, and no schema stands there unused")
    func references() throws {
        var found: Set<String> = []
        func walk(_ value: JSON) {
            if let reference = value["$ref"]?.string { found.insert(reference) }
            for member in value.members ?? [] { walk(member.value) }
            for element in value.array ?? [] { walk(element) }
        }
        walk(document)
        let schemas = try #require(at("components", "schemas")?.members?.map(\.name))
        #expect(found == Set(schemas.map { "#/components/schemas/\($0)" }))
        #expect(schemas == ["Error", "Inner", "Shared"])
        #expect(!schemas.contains { at("components", "schemas", $0)?.isNull ?? true })
    }

    @Test("Holes, query parameters and header fields are parameters")
    func parameters() throws {
        let parameters = try #require(at("paths", "/things/{id}", "put", "parameters")?.array)
        let rows = parameters.map { parameter in
            "\(parameter["in"]?.string ?? "") \(parameter["name"]?.string ?? "") "
                + "\(parameter["required"]?.bool ?? false)"
        }
        #expect(rows == ["path id true", "query limit true", "header Idempotency-Key false"])
        #expect(
            parameters[1]["schema"] == ["type": "string", "minLength": 1, "maxLength": 3, "pattern": "^[0-9]{1,3}$"])
    }

    @Test("Shapes become JSON Schema")
    func schemas() {
        let body = at(
            "paths", "/things/{id}", "put", "requestBody", "content", "application/json", "schema")
        #expect(
            body == [
                "type": "object",
                "properties": [
                    "a": [
                        "anyOf": [["type": "integer", "minimum": -1, "maximum": 5], ["type": "null"]],
                        "description": "The a.",
                    ],
                    "b": ["type": "string", "enum": ["x", "y"]],
                    "c": ["type": "array", "items": ["$ref": "#/components/schemas/Shared"], "maxItems": 4],
                    "d": [
                        "type": "string", "format": "password", "pattern": "^[!#-\\[\\]-~]+$", "minLength": 3,
                        "maxLength": 9,
                    ],
                    "e": [:], "f": ["type": "boolean"],
                ],
                "required": ["a"],
            ])
        #expect(
            at("components", "schemas", "Shared") == [
                "type": "object", "properties": ["inner": ["$ref": "#/components/schemas/Inner"]],
                "required": ["inner"], "additionalProperties": false,
            ])
        #expect(at("components", "schemas", "Inner") == ["type": "string", "maxLength": 3])
    }

    @Test("Answers: the good one under its status and type, refusals grouped by status with their codes")
    func responses() throws {
        let put = try #require(at("paths", "/things/{id}", "put", "responses")?.members)
        #expect(put.map(\.name) == ["202", "400", "401", "403", "409", "413", "415", "429", "500", "503"])
        let conflict = try #require(at("paths", "/things/{id}", "put", "responses", "409", "description")?.string)
        #expect(conflict == "`first_conflict`: Wait. `second_conflict`: Wait more.")
        for (path, type) in [("/events", "text/event-stream"), ("/page", "text/html"), ("/things", "application/json")]
        {
            #expect(at("paths", path, "get", "responses", "200", "content", type) != nil)
        }
        #expect(at("paths", "/things", "get", "responses", "401") == nil)
    }

    @Test("Who may call is told")
    func security() {
        #expect(at("paths", "/things", "get", "security") == nil)
        #expect(at("paths", "/things", "post", "security") == [["bearer": []]])
        #expect(at("paths", "/things", "post", "x-permission") == nil)
        #expect(at("paths", "/things/{id}", "put", "x-permission") == "things:write")
        #expect(at("components", "securitySchemes", "bearer", "scheme") == "bearer")
    }

    @Test("A route's second spelling is a route of its own with the same contract")
    func aliases() throws {
        let once = OpenAPIDocumentTests.routes[3]
        let twice = OpenAPIDocumentTests.make([once, once.also(at: "/api/things/{id}")])
        let paths = try #require(twice["paths"])
        let (first, second) = (
            try #require(paths["/things/{id}"]?["put"]), try #require(paths["/api/things/{id}"]?["put"])
        )
        #expect(second["operationId"] == "put_api_things_id")
        #expect(first["responses"] == second["responses"])
        #expect(first["requestBody"] == second["requestBody"])
    }
}
