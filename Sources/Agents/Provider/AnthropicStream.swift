public import HTTPTypes
import Primitives

/// Reads the event stream of the Anthropic Messages API: bytes or events in, provider events out. A pure value.
///
/// The order it holds the provider to: `message_start` once and first; `content_block_delta` and `content_block_stop`
/// only for a block that `content_block_start` opened; `message_stop` when no block is open. `ping` and `error` may
/// come at any time. Event types, block types and delta types that are not known are passed over, as the API's
/// versioning rules ask of every client. After `finished` or `failed` everything is passed over.
/// https://platform.claude.com/docs/en/build-with-claude/streaming
public struct AnthropicStream: Sendable {
    private enum Phase: Sendable {
        /// Nothing but pings, errors and unknown events so far. `message_start` leads to `message`.
        case waiting
        /// Between `message_start` and the end.
        case message
        /// `finished` or `failed` was reported. Stays.
        case ended
    }

    private var phase = Phase.waiting
    private var decoder = SSEDecoder(maximumEventBytes: ProviderLimits.eventBytes)
    private var openBlocks: Set<Int64> = []
    private var usage = AnthropicUsage()

    /// A stream of which nothing has been read.
    public init() {}

    /// Takes the next bytes of the response body. Read line by line, so that what stood before a bad line still counts.
    public mutating func feed(_ bytes: [UInt8]) -> [ProviderEvent] {
        var events: [ProviderEvent] = []
        var rest = bytes[...]
        while phase != .ended, !rest.isEmpty {
            let end = rest.firstIndex(of: 10).map { $0 + 1 } ?? rest.endIndex
            do throws(SSEDecoder.Failure) {
                for event in try decoder.feed(rest[..<end]) { events += accept(event) }
            } catch {
                events += fail(.malformed)
            }
            rest = rest[end...]
        }
        return events
    }

    /// Takes the next event.
    public mutating func accept(_ event: ServerSentEvent) -> [ProviderEvent] {
        guard phase != .ended else { return [] }
        guard let json = try? JSON(parsing: event.data), let type = json["type"]?.string
        else { return fail(.malformed) }
        switch type {
        case "message_start": return messageStart(json)
        case "content_block_start": return blockStart(json)
        case "content_block_delta": return blockDelta(json)
        case "content_block_stop": return blockStop(json)
        case "message_delta": return messageDelta(json)
        case "message_stop": return messageStop()
        case "error": return fail(AnthropicStream.fault(named: json["error"]?["type"]?.string))
        default: return []
        }
    }

    /// The response body has ended. Before `message_stop` that is a cut.
    public mutating func end() -> [ProviderEvent] {
        phase == .ended ? [] : fail(.cut)
    }

    /// Whether `finished` or `failed` was reported.
    public var hasEnded: Bool { phase == .ended }

    /// The body was cut short for this reason.
    mutating func fail(_ fault: ProviderFault) -> [ProviderEvent] {
        guard phase != .ended else { return [] }
        phase = .ended
        return [.failed(fault)]
    }

    private mutating func messageStart(_ json: JSON) -> [ProviderEvent] {
        guard phase == .waiting else { return fail(.outOfOrder) }
        guard let message = json["message"], message.members != nil else { return fail(.malformed) }
        var reported: TokenUsage?
        if let counts = message["usage"], !counts.isNull {
            guard usage.merge(counts) else { return fail(.malformed) }
            reported = usage.tokens
        }
        phase = .message
        return [.started(model: message["model"]?.string, usage: reported)]
    }

    private mutating func blockStart(_ json: JSON) -> [ProviderEvent] {
        guard phase == .message else { return fail(.outOfOrder) }
        guard let index = json["index"]?.integer, let block = json["content_block"], let type = block["type"]?.string
        else { return fail(.malformed) }
        guard openBlocks.insert(index).inserted else { return fail(.outOfOrder) }
        guard openBlocks.count <= ProviderLimits.openBlocks else { return fail(.malformed) }
        switch type {
        case "text": return AnthropicStream.piece(block["text"]?.string, ProviderEvent.text)
        case "thinking": return AnthropicStream.piece(block["thinking"]?.string, ProviderEvent.thinking)
        default: return []
        }
    }

    private mutating func blockDelta(_ json: JSON) -> [ProviderEvent] {
        guard phase == .message else { return fail(.outOfOrder) }
        guard let index = json["index"]?.integer, let delta = json["delta"], let type = delta["type"]?.string
        else { return fail(.malformed) }
        guard openBlocks.contains(index) else { return fail(.outOfOrder) }
        switch type {
        case "text_delta":
            guard let text = delta["text"]?.string else { return fail(.malformed) }
            return AnthropicStream.piece(text, ProviderEvent.text)
        case "thinking_delta":
            guard let text = delta["thinking"]?.string else { return fail(.malformed) }
            return AnthropicStream.piece(text, ProviderEvent.thinking)
        default:
            return []
        }
    }

    private mutating func blockStop(_ json: JSON) -> [ProviderEvent] {
        guard phase == .message else { return fail(.outOfOrder) }
        guard let index = json["index"]?.integer else { return fail(.malformed) }
        return openBlocks.remove(index) == nil ? fail(.outOfOrder) : []
    }

    private mutating func messageDelta(_ json: JSON) -> [ProviderEvent] {
        guard phase == .message else { return fail(.outOfOrder) }
        var events: [ProviderEvent] = []
        if let counts = json["usage"], !counts.isNull {
            guard usage.merge(counts) else { return fail(.malformed) }
            events.append(.usage(usage.tokens))
        }
        if let reason = json["delta"]?["stop_reason"], !reason.isNull {
            guard let reason = reason.string else { return fail(.malformed) }
            events.append(.stopped(StopReason(rawValue: reason)))
        }
        return events
    }

    private mutating func messageStop() -> [ProviderEvent] {
        guard phase == .message, openBlocks.isEmpty else { return fail(.outOfOrder) }
        phase = .ended
        return [.finished]
    }

    private static func piece(_ text: String?, _ make: (String) -> ProviderEvent) -> [ProviderEvent] {
        guard let text, !text.isEmpty else { return [] }
        return [make(text)]
    }

    /// The fault for an `error` event by its type. https://platform.claude.com/docs/en/api/errors
    private static func fault(named type: String?) -> ProviderFault {
        switch type {
        case "overloaded_error": .overloaded
        case "rate_limit_error": .rateLimited
        case "authentication_error", "permission_error": .keyRejected
        case "invalid_request_error", "not_found_error", "request_too_large": .requestRefused
        default: .reported
        }
    }
}
