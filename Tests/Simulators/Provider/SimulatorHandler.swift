import HTTPServer
import HTTPTypes
import Primitives

/// Answers requests. Every answer carries `x-simulator: true`.
struct SimulatorHandler: RequestHandler {
    /// As much as the API takes.
    static let bodyLimit = 32 << 20

    private struct BrokenOff: Error {}

    let counters: CallCounters

    func admit(_ head: RequestHead) -> Admission {
        .accept(bodyLimit: SimulatorHandler.bodyLimit)
    }

    func refuse(_ refusal: ProtocolRefusal) -> Response {
        labelled(ErrorAnswer(400, "invalid_request_error", "\(refusal)").response)
    }

    func handle(_ request: Request) async -> Response {
        switch (request.method, request.path) {
        case (.get, "/"): labelled(text(SimulatorHandler.page))
        case (.get, "/simulator/calls"): labelled(await calls(request.query))
        case (.post, "/v1/messages"): labelled(await messages(request))
        default: labelled(ErrorAnswer(404, "not_found_error", "no such route").response)
        }
    }

    /// The counters; with `?started=N` or `?cancelled=N` once they have come so far.
    private func calls(_ query: String?) async -> Response {
        let parts = query?.split(separator: "=") ?? []
        if parts.count == 2, let milestone = CallCounters.Milestone(rawValue: String(parts[0])),
            let count = Int(parts[1])
        {
            await counters.wait(for: count, milestone)
        }
        return Response(200, fields: ["content-type": "application/json"], content: .bytes(counters.json.bytes))
    }

    private func messages(_ request: Request) async -> Response {
        let number = counters.start()
        let parsed: MessagesRequest
        do throws(ErrorAnswer) {
            parsed = try MessagesRequest(request)
        } catch {
            return refused(error)
        }
        guard let (scenario, text) = Scenario.parse(parsed.lastText) else {
            return refused(.invalid("unknown [simulate ...] word; see /"))
        }
        if scenario.stallsBeforeHead {
            try? await Task.sleep(for: .seconds(86_400))  // pause: silence, until the client leaves
            counters.end(.cancelled)
            return ErrorAnswer(503, "api_error", "nobody is left to read this").response
        }
        if let status = scenario.status {
            return refused(.simulated(status, retryAfterSeconds: scenario.retryAfterSeconds))
        }
        let answer = Answer(parsed, scenario, text: text)
        let id = "msg_simulated_\(number)"
        guard parsed.streams else {
            counters.end(.finished)
            let fields: HTTPFields = ["content-type": "application/json"]
            return Response(200, fields: fields, content: .bytes(answer.message(id: id, isWhole: true).bytes))
        }
        return stream(EventScript(answer, id: id), number)
    }

    private func refused(_ answer: ErrorAnswer) -> Response {
        counters.end(.finished)
        return answer.response
    }

    /// A plain stream, not the server's event stream, which would send comments into a silence.
    private func stream(_ script: EventScript, _ number: Int) -> Response {
        let fields: HTTPFields = ["request-id": "req_simulated_\(number)", "cache-control": "no-cache"]
        return Response(
            200, fields: fields,
            content: .stream(contentType: "text/event-stream; charset=utf-8") { writer in
                do {
                    try await play(script, to: writer)
                    counters.end(.finished)
                } catch {
                    counters.end(error is BrokenOff ? .broken : .cancelled)
                    throw error
                }
            })
    }

    private func play(_ script: EventScript, to writer: BodyWriter) async throws {
        for step in script.steps {
            switch step {
            case .send(let bytes): try await writer.write(bytes)
            case .wait(let milliseconds):
                try await Task.sleep(for: .milliseconds(milliseconds))  // pause: slowness is what was asked for
            case .silence:
                try await Task.sleep(for: .seconds(86_400))  // pause: silence, until the client leaves
            case .cut: throw BrokenOff()
            }
        }
    }

    private func labelled(_ response: Response) -> Response {
        var response = response
        response.fields.set("x-simulator", "true")
        return response
    }

    private func text(_ text: String) -> Response {
        Response(200, fields: ["content-type": "text/plain; charset=utf-8"], content: .bytes(Array(text.utf8)))
    }
}
