public import HTTPTypes
public import Primitives

/// One call of an endpoint, checked: the body fits its schema, the parameters their formats, the caller is known.
public struct Call: Sendable {
    /// The request as it came.
    public let request: Request
    /// The id under which log and client know this call.
    public let requestID: String
    /// The body; null where the endpoint reads none. Secret members are empty strings here: see `withSecret`.
    public let body: JSON
    let pathValues: [String: String]
    let parameters: [String: String]
    let withheld: [String: Range<Int>]
    let knownCaller: Caller?

    /// The value of a hole in the path.
    public func path(_ name: String) throws -> String {
        guard let value = pathValues[name] else { throw APIError(.internalError, reason: "no_path_value") }
        return value
    }

    /// The value of a query parameter or header field that the endpoint declares.
    public func parameter(_ name: String) -> String? {
        parameters[name]
    }

    /// A text member that the schema requires.
    public func text(_ name: String) throws -> String {
        guard let value = body[name]?.string else { throw APIError(.internalError, reason: "no_text_member") }
        return value
    }

    /// A text member that may be left out or null.
    public func optionalText(_ name: String) -> String? {
        body[name]?.string
    }

    /// Lends the bytes of a secret member; nil if it was left out. Do not keep or copy them anywhere but into secret
    /// memory.
    public func withSecret<R>(_ name: String, _ use: (UnsafeRawBufferPointer) throws -> R) rethrows -> R? {
        guard let place = withheld[name] else { return nil }
        return try request.body.withBytes { try use(UnsafeRawBufferPointer(rebasing: $0[place])) }
    }

    /// Lends the bytes of each member of a secret map, as they are written, escapes included: `JSONEscapes` reads them.
    /// In the order of names.
    public func withSecrets<R>(
        _ map: String, _ use: (_ name: String, _ escaped: UnsafeRawBufferPointer) throws -> R
    ) rethrows -> [R] {
        let names = (body[map]?.members ?? []).map(\.name).sorted()
        return try request.body.withBytes { bytes in
            try names.compactMap { name in
                guard let place = withheld["\(map).\(name)"] else { return nil }
                return try use(name, UnsafeRawBufferPointer(rebasing: bytes[place]))
            }
        }
    }

    /// Who calls. Only for endpoints that demand a wallet.
    public func caller() throws -> Caller {
        guard let knownCaller else { throw APIError(.internalError, reason: "no_caller") }
        return knownCaller
    }
}

extension Response {
    /// A JSON answer.
    public static func json(_ value: JSON, status: HTTPStatus = 200, fields: HTTPFields = [:]) -> Response {
        var fields = fields
        fields.append("Content-Type", "application/json")
        return Response(status, fields: fields, content: .bytes(value.bytes))
    }

    /// A text answer of another kind.
    public static func text(_ text: String, contentType: String) -> Response {
        Response(200, fields: ["Content-Type": contentType], content: .bytes(Array(text.utf8)))
    }
}
