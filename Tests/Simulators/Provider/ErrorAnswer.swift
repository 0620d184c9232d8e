import HTTPServer
import HTTPTypes
import Primitives

/// An error in the API's form: `{"type":"error","error":{"type":...,"message":...}}`.
struct ErrorAnswer: Error {
    let status: Int
    let type: String
    let message: String
    var retryAfterSeconds: Int?

    init(_ status: Int, _ type: String, _ message: String) {
        self.status = status
        self.type = type
        self.message = message
    }

    static func invalid(_ message: String) -> ErrorAnswer {
        ErrorAnswer(400, "invalid_request_error", message)
    }

    /// The error that the API gives with this status. The message holds what looks like a part of a key, as real ones
    /// may: whoever passes it on shows that in a test.
    static func simulated(_ status: Int, retryAfterSeconds: Int?) -> ErrorAnswer {
        let type =
            switch status {
            case 401: "authentication_error"
            case 403: "permission_error"
            case 404: "not_found_error"
            case 413: "request_too_large"
            case 429: "rate_limit_error"
            case 529: "overloaded_error"
            case 500...: "api_error"
            default: "invalid_request_error"
            }
        var answer = ErrorAnswer(status, type, "simulated; key sk-ant-FRAGMENT")
        answer.retryAfterSeconds = retryAfterSeconds
        return answer
    }

    var json: JSON {
        ["type": "error", "error": ["type": .string(type), "message": .string(message)]]
    }

    var response: Response {
        var fields: HTTPFields = ["content-type": "application/json"]
        if let retryAfterSeconds { fields.set("retry-after", String(retryAfterSeconds)) }
        return Response(HTTPStatus(status), fields: fields, content: .bytes(json.bytes))
    }
}
