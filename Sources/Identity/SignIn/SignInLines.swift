import Primitives

/// The lines of a Sign-In text, taken from the front. A line ends with LF; what follows the last LF is a line, too.
struct SignInLines {
    private var rest: ArraySlice<Substring>

    init(_ text: String) {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        rest = lines.map { Substring($0) }[...]
    }

    /// The next line, if there is one.
    mutating func next() -> Substring? {
        rest.popFirst()
    }

    /// Whether the next line begins so.
    func begins(_ label: String) -> Bool {
        rest.first?.utf8.starts(with: label.utf8) ?? false
    }

    /// The value of the next line, which must have this label and fit.
    mutating func field(
        _ label: String, _ part: SignInPart, where fits: (Substring) -> Bool
    ) throws(SignInError) -> String {
        guard begins(label), let line = next() else { throw .malformed(part) }
        let value = line.dropFirst(label.utf8.count)
        guard fits(value) else { throw .malformed(part) }
        return String(value)
    }

    /// The moment on the next line, nil if that has another label.
    mutating func time(_ label: String, _ part: SignInPart) throws(SignInError) -> Timestamp? {
        guard begins(label) else { return nil }
        guard let moment = Timestamp(iso8601: try field(label, part) { !$0.isEmpty }) else { throw .malformed(part) }
        return moment
    }
}
