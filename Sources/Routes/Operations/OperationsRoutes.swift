public import HTTPServer
import HTTPTypes
import Primitives
public import Telemetry

/// The routes for operators: health, metrics, and the descriptions of the routes themselves.
public enum OperationsRoutes {
    /// What `/health` tells.
    public struct Health: Sendable {
        /// Whether the database answers; anything else makes a load balancer look elsewhere.
        public let isHealthy: Bool
        /// `securityPosture` as JSON text, fixed at start.
        public let posture: [UInt8]
        /// Numbers by name: agents, open connections.
        public let counts: [(name: String, value: Int64)]

        /// A state of health.
        public init(isHealthy: Bool, posture: [UInt8], counts: [(name: String, value: Int64)]) {
            self.isHealthy = isHealthy
            self.posture = posture
            self.counts = counts
        }
    }

    /// The process is up but cannot serve.
    public static let unhealthy = APIError.Kind(
        503, "unhealthy", "The gateway is up but cannot reach its database. Try another instance.")

    /// `GET /health`, `GET /metrics`
    public static func endpoints(
        postureSchema: Schema, health: @escaping @Sendable () async -> Health, metrics: Metrics
    ) -> [Endpoint] {
        [
            Endpoint(
                .get, "/health", area: "Operations", summary: "Whether this instance serves, and what protects it.",
                access: .anyone,
                answer: .json(
                    200,
                    .object(
                        [
                            .required("status", .choice(["healthy"])),
                            .required("securityPosture", postureSchema, "What protects this instance."),
                            .required("agents", .integer(0...Int64.max), "Agents on offer."),
                            .required("connections", .integer(0...Int64.max), "Open connections."),
                            .required("streams", .integer(0...Int64.max), "Open event streams."),
                        ], isOpen: false)),
                errors: [unhealthy]
            ) { _ in
                let health = await health()
                guard health.isHealthy else { throw APIError(unhealthy) }
                // The posture is most of the text and never changes: it is written once.
                var body = Array("{\"status\":\"healthy\",\"securityPosture\":".utf8)
                body.reserveCapacity(health.posture.count + 128)
                body += health.posture
                for count in health.counts { body += Array(",\"\(count.name)\":\(count.value)".utf8) }
                body.append(UInt8(ascii: "}"))
                return Response(200, fields: ["Content-Type": "application/json"], content: .bytes(body))
            },
            Endpoint(
                .get, "/metrics", area: "Operations", summary: "Latencies and counts as Prometheus text.",
                detail: "Holds no wallet, id or content. Keep it from the public by the balancer's rules if you wish.",
                access: .anyone, answer: .text(contentType: "text/plain; version=0.0.4; charset=utf-8")
            ) { _ in .text(metrics.render(), contentType: "text/plain; version=0.0.4; charset=utf-8") },
        ].map { $0.rated(.unlimited) }
    }

    /// `GET /openapi.json` and `GET /docs`, which describe `others` and themselves.
    public static func documentation(title: String, version: String, summary: String, of others: [Endpoint])
        -> [Endpoint]
    {
        func routes(_ document: [UInt8], _ page: String) -> [Endpoint] {
            [
                Endpoint(
                    .get, "/openapi.json", area: "Operations", summary: "These routes as OpenAPI 3.1.",
                    access: .anyone, answer: .json(200, .object([], isOpen: true))
                ) { _ in
                    Response(200, fields: ["Content-Type": "application/json"], content: .bytes(document))
                },
                Endpoint(
                    .get, "/docs", area: "Operations", summary: "These routes for people.", access: .anyone,
                    answer: .text(contentType: "text/html; charset=utf-8")
                ) { _ in
                    var response = Response.text(page, contentType: "text/html; charset=utf-8")
                    response.fields.append(
                        "Content-Security-Policy", DocumentationPage.contentSecurityPolicy)
                    return response
                },
            ].map { $0.rated(.unlimited) }
        }
        let all = others + routes([], "")
        let document = OpenAPIDocument.make(title: title, version: version, summary: summary, endpoints: all)
        return routes(document.bytes, DocumentationPage.make(title: title, summary: summary, endpoints: all))
    }
}
