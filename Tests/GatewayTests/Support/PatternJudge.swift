import Foundation

/// Says whether a text fits an anchored expression, by an engine that is not ours.
enum PatternJudge {
    static func fits(_ text: String, _ pattern: String) throws -> Bool {
        let whole = NSRange(location: 0, length: text.utf16.count)
        return try NSRegularExpression(pattern: pattern).firstMatch(in: text, range: whole)?.range == whole
    }
}
