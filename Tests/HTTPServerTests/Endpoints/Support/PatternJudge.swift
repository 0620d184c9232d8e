import Foundation

/// Says whether a text fits an anchored expression, by an engine that is not ours.
struct PatternJudge {
    private let expression: NSRegularExpression

    init(_ pattern: String) throws {
        expression = try NSRegularExpression(pattern: pattern)
    }

    /// ECMA-262's `$` is the very end. This engine's also stands before a last line break, so the match has to be
    /// whole.
    func fits(_ text: String) -> Bool {
        let whole = NSRange(location: 0, length: text.utf16.count)
        return expression.firstMatch(in: text, range: whole)?.range == whole
    }
}
