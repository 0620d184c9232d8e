import HTTPServer
import HTTPTypes
import Primitives

/// A request to `POST /v1/messages`, checked as the API checks it.
struct MessagesRequest {
    let model: String
    let maximumTokens: Int
    let streams: Bool
    /// The text of the last message.
    let lastText: String
    /// Bytes of system prompt and all messages.
    let inputBytes: Int

    private static let members: Set<String> = [
        "model", "max_tokens", "messages", "system", "stream", "temperature", "top_k", "top_p", "stop_sequences",
        "metadata", "tools", "tool_choice", "thinking", "service_tier",
    ]

    /// Reads the request. Order as in the API: key, version, body.
    init(_ request: Request) throws(ErrorAnswer) {
        guard MessagesRequest.hasKey(request.fields) else {
            throw ErrorAnswer(401, "authentication_error", "invalid x-api-key")
        }
        guard request.fields["anthropic-version"] == "2023-06-01" else {
            throw .invalid("anthropic-version: header is required")
        }
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: request.body.bytes)
        } catch {
            throw .invalid("The request body is not valid JSON: \(error.reason.rawValue)")
        }
        try self.init(json)
    }

    private init(_ json: JSON) throws(ErrorAnswer) {
        guard let members = json.members else { throw .invalid("body: Input should be an object") }
        for member in members where !MessagesRequest.members.contains(member.name) {
            throw .invalid("\(member.name): Extra inputs are not permitted")
        }
        guard let model = json["model"]?.string, !model.isEmpty else { throw .invalid("model: Field required") }
        guard model.hasPrefix("claude-") else { throw ErrorAnswer(404, "not_found_error", "model: \(model)") }
        guard let maximum = json["max_tokens"]?.integer, maximum >= 1 else {
            throw .invalid("max_tokens: Input should be greater than or equal to 1")
        }
        guard let messages = json["messages"]?.array, !messages.isEmpty else {
            throw .invalid("messages: at least one message is required")
        }
        var bytes = try MessagesRequest.text(json["system"] ?? "", at: "system").utf8.count
        var last = ""
        for (index, message) in messages.enumerated() {
            guard let role = message["role"]?.string, ["user", "assistant"].contains(role) else {
                throw .invalid("messages.\(index).role: Input should be 'user' or 'assistant'")
            }
            guard index > 0 || role == "user" else {
                throw .invalid("messages: first message must use the \"user\" role")
            }
            last = try MessagesRequest.text(message["content"] ?? .null, at: "messages.\(index).content")
            guard last.contains(where: { !$0.isWhitespace }) else {
                throw .invalid("messages: text content blocks must contain non-whitespace text")
            }
            bytes += last.utf8.count
        }
        self.model = model
        maximumTokens = Int(maximum)
        streams = json["stream"]?.bool ?? false
        lastText = last
        inputBytes = bytes
    }

    /// Text given as a string or as text blocks.
    private static func text(_ content: JSON, at place: String) throws(ErrorAnswer) -> String {
        if let text = content.string { return text }
        guard let blocks = content.array else { throw .invalid("\(place): Input should be a valid string or list") }
        var text = ""
        for block in blocks {
            guard block["type"] == "text", let piece = block["text"]?.string else {
                throw .invalid("\(place): this simulator reads text blocks only")
            }
            text += piece
        }
        return text
    }

    private static func hasKey(_ fields: HTTPFields) -> Bool {
        if let key = fields["x-api-key"] { return key.hasPrefix("sk-ant-") && key.utf8.count > 7 }
        return fields["authorization"]?.hasPrefix("Bearer sk-ant-") ?? false
    }
}
