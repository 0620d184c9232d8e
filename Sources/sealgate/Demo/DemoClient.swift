import EventLoops
import HTTPClient
import HTTPTypes
import Primitives

/// Calls the gateway over real HTTP and prints each request and answer in short.
struct DemoClient {
    /// Why the walk stopped.
    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    /// An answer: its status and JSON body.
    struct Answer {
        let status: Int
        let body: JSON

        /// A text member that must be there.
        func text(_ name: String) throws -> String {
            guard let text = body[name]?.string else { throw Unexpected(description: "the answer has no \(name)") }
            return text
        }
    }

    /// Answers here are small; a stream is read piece by piece.
    private static let maximumBytes = 1 << 20

    let client: HTTPClient
    let address: String
    var token: String?

    /// Sends a request, prints it with `note`, and demands the status.
    func call(
        _ method: HTTPMethod, _ path: String, _ body: JSON? = nil, expecting status: Int = 200, note: String
    ) async throws -> Answer {
        let response = try await send(method, path, body)
        let bytes = try await response.body.collect(upTo: DemoClient.maximumBytes)
        let answer = Answer(status: response.status, body: (try? JSON(parsing: bytes)) ?? .null)
        Terminal.say("\n> \(method.rawValue) \(path)   \(note)")
        Terminal.say("< \(response.status) \(DemoClient.short(answer.body))")
        guard response.status == status else {
            throw Unexpected(description: "\(method.rawValue) \(path) answered \(response.status), not \(status)")
        }
        return answer
    }

    /// Sends a message and prints the answer as it streams. Returns the data of `done`.
    func chat(_ path: String, _ message: String, note: String) async throws -> JSON {
        Terminal.say("\n> POST \(path)   \(note)")
        let response = try await send(.post, path, ["message": .string(message)])
        guard response.status == 200 else {
            let bytes = try await response.body.collect(upTo: DemoClient.maximumBytes)
            throw Unexpected(description: "chat answered \(response.status) \(String(decoding: bytes, as: UTF8.self))")
        }
        Terminal.piece("< 200 ")
        var decoder = SSEDecoder()
        var done: JSON?
        for try await piece in response.body {
            for event in try decoder.feed(piece) {
                let json = try JSON(parsing: event.data)
                switch json["type"]?.string {
                case "text": Terminal.piece(json["data"]?.string ?? "")
                case "done": done = json["data"]
                case "error": throw Unexpected(description: "chat ended with \(json.text)")
                default: break
                }
            }
        }
        guard let done else { throw Unexpected(description: "the stream ended without done") }
        Terminal.say("\n< done \(DemoClient.short(done))")
        return done
    }

    private func send(_ method: HTTPMethod, _ path: String, _ body: JSON?) async throws -> ClientResponse {
        var fields: [(String, String)] = []
        if body != nil { fields.append(("Content-Type", "application/json")) }
        if let token { fields.append(("Authorization", "Bearer \(token)")) }
        return try await client.send(
            ClientRequest(method: method, url: address + path, fields: fields, body: body?.bytes ?? []))
    }

    /// One line, long texts cut.
    private static func short(_ json: JSON) -> String {
        String(cut(json).text.prefix(600))
    }

    private static func cut(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(text.count > 60 ? text.prefix(57) + "..." : text)
        case .array(let values): .array(values.prefix(3).map(cut))
        case .object(let members): .object(members.map { .init($0.name, cut($0.value)) })
        default: json
        }
    }
}
