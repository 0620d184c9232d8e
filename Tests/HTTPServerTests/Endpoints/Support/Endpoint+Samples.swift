import HTTPTypes
import Primitives

@testable import HTTPServer

extension Endpoint {
    static let anyObject = Answer.json(200, .object([], isOpen: true))

    /// A route without a body that answers with the values of its path's holes.
    static func echo(_ method: HTTPMethod, _ path: String, access: Access = .anyone) -> Endpoint {
        Endpoint(method, path, area: "Echo", summary: "Echoes.", access: access, answer: anyObject) { call in
            .json(
                .object(
                    [.init("route", .string("\(method.rawValue) \(path)"))]
                        + call.pathValues.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) }))
        }
    }

    /// A route that reads a body and answers with it.
    static func mirror(
        _ path: String, input: Schema, parameters: [Parameter] = [], access: Access = .anyone,
        bodyLimit: Int = defaultBodyLimit
    ) -> Endpoint {
        Endpoint(
            .post, path, area: "Mirror", summary: "Mirrors.", access: access, parameters: parameters, input: input,
            answer: .json(201, .anything), bodyLimit: bodyLimit
        ) { call in .json(call.body, status: 201) }
    }

    /// A route that fails.
    static func failing(_ path: String, _ error: any Error & Sendable) -> Endpoint {
        Endpoint(.get, path, area: "Failing", summary: "Fails.", access: .anyone, answer: anyObject) { _ in
            throw error
        }
    }
}
