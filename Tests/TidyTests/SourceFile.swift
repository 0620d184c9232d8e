import Foundation

/// One text file of the repository, read once and looked at by many rules.
struct SourceFile: Sendable {
    /// From the top of the repository, with forward slashes.
    let path: String
    /// What the file holds.
    let text: String
    /// The same text with comments and string contents blanked out; equal to `text` where the file is not Swift.
    let code: String

    init(path: String, text: String) {
        self.path = path
        self.text = text
        self.code = path.hasSuffix(".swift") ? SwiftMask.codeOnly(text) : text
    }

    /// What of a file a rule looks at.
    enum Part { case code, text }

    func part(_ part: Part) -> String { part == .code ? code : text }

    var name: String { String(path.split(separator: "/").last ?? "") }

    /// The part of the name after its last dot; empty for `Makefile` and for scripts.
    var kind: String { name.contains(".") ? String(name.split(separator: ".").last ?? "") : "" }

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    var codeLines: [Substring] { code.split(separator: "\n", omittingEmptySubsequences: false) }

    /// True for what ships: not tests, not C modules.
    var isProduct: Bool {
        kind == "swift" && !path.hasPrefix("Sources/System/")
            && ["Sources/", "attestation/", "vault/", "canvas/"].contains { path.hasPrefix($0) }
    }

    /// True for what people write and read as code.
    var isCode: Bool {
        ["swift", "py", "c", "h", "js", "css"].contains(kind) || path.hasPrefix("scripts/") || path.hasPrefix(".ci/")
    }
}
