import Cryptography
import HTTPTypes

/// A request that has been checked, and how libcurl has to be told to send it.
struct RequestPlan: Sendable {
    /// How the body travels.
    enum Form: Equatable {
        /// No body is sent, one may come back.
        case plain
        /// HEAD: no body either way.
        case headOnly
        /// A body of known length, possibly empty.
        case upload
    }

    private(set) var request: ClientRequest
    let target: RequestTarget
    let form: Form
    /// Whether the method may be sent again when a reused connection turns out to be dead (RFC 9110 section 9.2.2).
    let isRepeatable: Bool

    /// Checks what must not reach the wire; throws `.badURL` or `.badRequest`.
    init(_ request: ClientRequest) throws(HTTPClientError) {
        self.request = request
        target = try RequestTarget(parsing: request.url)
        guard FieldSyntax.isToken(request.method.rawValue.utf8), request.method != .connect else {
            throw .badRequest(.method)
        }
        if let pin = request.pinnedKeySHA256 {
            guard target.isSecure else { throw .badURL }
            guard pin.count == 32 else { throw .badRequest(.combination) }
        }
        form = try RequestPlan.form(of: request)
        isRepeatable = [.get, .head, .put, .delete, .options, .trace].contains(request.method)
        for (name, value) in request.fields {
            try RequestPlan.check(name: name)
            guard value.utf8.allSatisfy(FieldSyntax.isValueByte) else { throw .badRequest(.field(name: name)) }
        }
        for field in request.secretFields {
            try RequestPlan.check(name: field.name)
            let isClean =
                field.prefix.utf8.allSatisfy(FieldSyntax.isValueByte)
                && field.secret.withBytes { $0.allSatisfy(FieldSyntax.isValueByte) }
            guard isClean else { throw .badRequest(.field(name: field.name)) }
        }
    }

    /// Lets go of the secrets: the request has been sent, and is not sent again.
    mutating func dropSecrets() {
        request.secretFields = []
    }

    private static func form(of request: ClientRequest) throws(HTTPClientError) -> Form {
        switch request.method {
        case .head:
            guard request.body.isEmpty else { throw .badRequest(.combination) }
            return .headOnly
        case .post, .put, .patch: return .upload
        default: return request.body.isEmpty ? .plain : .upload
        }
    }

    /// The fields by which a message is framed or forwarded belong to the client alone.
    private static let reserved: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "upgrade",
        "expect", "te", "trailer", "accept-encoding",
    ]

    private static func check(name: String) throws(HTTPClientError) {
        guard FieldSyntax.isToken(name.utf8) else { throw .badRequest(.field(name: name)) }
        guard !reserved.contains(name.lowercased()) else { throw .badRequest(.reservedField(name: name)) }
    }
}
