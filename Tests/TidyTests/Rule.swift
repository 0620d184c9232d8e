import Foundation
import Testing

/// One place where a rule of the house is broken.
struct Violation: Sendable, CustomStringConvertible {
    let path: String
    /// From 1.
    let line: Int
    let what: String

    var description: String { "\(path):\(line): \(what)" }
}

/// A rule that looks at one file at a time, with the proof that it still sees what it forbids.
struct Rule: Sendable, CustomTestStringConvertible {
    /// What the house asks for, as a sentence.
    let name: String
    /// Which files the rule reads.
    let reads: @Sendable (SourceFile) -> Bool
    /// What is wrong in one of them.
    let check: @Sendable (SourceFile) -> [Violation]
    /// Files that break the rule, each in at least one place.
    let bad: [SourceFile]
    /// Files that come near and keep it.
    let good: [SourceFile]

    var testDescription: String { name }

    /// The violations in a file; none in a file that the rule does not read.
    func violations(in file: SourceFile) -> [Violation] {
        reads(file) ? check(file) : []
    }

    /// Every rule about single files.
    static let all: [Rule] =
        codeRules + textRules + layoutRules + namingRules + testRules
}

/// A file that exists only to try a rule on, at a path where the rule looks.
func sample(_ text: String, at path: String = "Sources/Primitives/Sample.swift") -> SourceFile {
    SourceFile(path: path, text: text)
}

/// The lines (from 1) at which a regular expression matches.
///
/// NSRegularExpression, not Regex: the latter takes a minute over this tree in a debug build.
func lines(matching pattern: String, in text: String) -> [(line: Int, match: String)] {
    guard let expression = try? NSRegularExpression(pattern: pattern, options: [.anchorsMatchLines]) else {
        Issue.record("not a regular expression: \(pattern)")
        return []
    }
    let whole = text as NSString
    var found: [(line: Int, match: String)] = []
    var line = 1
    var counted = 0
    for match in expression.matches(in: text, range: NSRange(location: 0, length: whole.length)) {
        let before = whole.substring(with: NSRange(location: counted, length: match.range.location - counted))
        line += before.utf8.count { $0 == UInt8(ascii: "\n") }
        counted = match.range.location
        found.append((line, whole.substring(with: match.range)))
    }
    return found
}

/// A check that forbids a pattern in the code, or in the whole text, of a file.
func forbid(_ pattern: String, in part: SourceFile.Part = .code, _ why: String)
    -> @Sendable (SourceFile) -> [Violation]
{
    { file in
        lines(matching: pattern, in: file.part(part)).map { found in
            let seen = found.match.trimmingCharacters(in: .whitespacesAndNewlines)
            return Violation(path: file.path, line: found.line, what: "`\(seen)`: \(why)")
        }
    }
}

/// Records every violation as an issue of its own, so that each is printed with its place.
func report(_ violations: [some CustomStringConvertible]) {
    for violation in violations {
        Issue.record("\(violation.description)")
    }
}
