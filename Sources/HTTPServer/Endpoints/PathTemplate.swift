import HTTPTypes

/// A path with named holes, `/agents/{id}/sessions`.
public struct PathTemplate: Sendable, Hashable {
    enum Segment: Hashable, Sendable {
        case literal(String)
        case value(name: String)
    }

    /// The template as written.
    public let text: String
    let segments: [Segment]

    /// Reads a template. It begins with `/`; holes fill whole segments.
    public init(_ text: String) {
        precondition(text.hasPrefix("/"), "a path template begins with a slash")
        self.text = text
        segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
            segment.hasPrefix("{") && segment.hasSuffix("}")
                ? .value(name: String(segment.dropFirst().dropLast())) : .literal(String(segment))
        }
    }

    /// The names of the holes, in order.
    var names: [String] {
        segments.compactMap { if case .value(let name) = $0 { name } else { nil } }
    }
}
