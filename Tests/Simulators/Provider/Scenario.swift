/// How the simulator behaves for one request. A user chooses it by beginning the message with
/// `[simulate cut-after=3 slow=20] ...`, so that it can be chosen through a gateway that passes nothing else on.
struct Scenario: Equatable {
    /// Where an answer breaks off without a word.
    enum Cut: Equatable {
        /// After the response head.
        case head
        /// After `message_start`.
        case start
        /// After so many deltas of text.
        case delta(Int)
        /// Before `message_delta`, which carries the final usage.
        case usage
        /// Before `message_stop`.
        case stop
    }

    /// Milliseconds before each delta.
    var slowMilliseconds: UInt64 = 0
    /// Answer with this error status instead.
    var status: Int?
    /// The `retry-after` of a 429.
    var retryAfterSeconds: Int?
    /// The first event of the stream is an overloaded error.
    var isOverloaded = false
    /// An error event after so many deltas.
    var errorAfter: Int?
    /// Break off.
    var cut: Cut?
    /// An event that is no JSON after so many deltas.
    var malformedAfter: Int?
    /// Report no usage anywhere.
    var reportsNoUsage = false
    /// Report so many output tokens at the end, whatever was said.
    var reportedOutputTokens: Int?
    /// Fill the answer up to so many bytes.
    var outputBytes: Int?
    /// Fall silent after so many deltas, with the connection open.
    var stallAfter: Int?
    /// Fall silent before the response head.
    var stallsBeforeHead = false
    /// Think before answering.
    var thinks = false
    /// Report tokens read from and written to the cache.
    var caches = false

    /// Above this an answer is cut to it: a simulator must not exhaust the machine.
    static let maximumOutputBytes = 64 << 20

    /// The scenario that `message` asks for, and the message without it; nil if it asks for something unknown.
    static func parse(_ message: String) -> (scenario: Scenario, text: String)? {
        let opening = "[simulate"
        guard message.hasPrefix(opening), let close = message.firstIndex(of: "]") else { return (Scenario(), message) }
        var scenario = Scenario()
        let words = message[..<close].dropFirst(opening.count).split(separator: " ")
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard let name = parts.first, scenario.set(String(name), parts.count == 2 ? String(parts[1]) : nil)
            else { return nil }
        }
        let rest = message[message.index(after: close)...].drop { $0 == " " }
        return (scenario, String(rest))
    }

    private mutating func set(_ name: String, _ value: String?) -> Bool {
        let number = value.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
        switch (name, value, number) {
        case ("slow", _, let number?): slowMilliseconds = UInt64(number)
        case ("status", _, let number?) where (400...599).contains(number): status = number
        case ("retry-after", _, let number?): retryAfterSeconds = number
        case ("overloaded", nil, _): isOverloaded = true
        case ("error-after", _, let number?): errorAfter = number
        case ("cut", "head"?, _): cut = .head
        case ("cut", "start"?, _): cut = .start
        case ("cut", "usage"?, _): cut = .usage
        case ("cut", "stop"?, _): cut = .stop
        case ("cut-after", _, let number?): cut = .delta(number)
        case ("malformed-after", _, let number?): malformedAfter = number
        case ("no-usage", nil, _): reportsNoUsage = true
        case ("output-tokens", _, let number?): reportedOutputTokens = number
        case ("huge", _, let number?): outputBytes = min(number, Scenario.maximumOutputBytes)
        case ("stall", "head"?, _): stallsBeforeHead = true
        case ("stall-after", _, let number?): stallAfter = number
        case ("thinking", nil, _): thinks = true
        case ("cache", nil, _): caches = true
        default: return false
        }
        return true
    }
}
