import Foundation

/// A link of a Markdown page to a file or a heading of this repository.
struct PageLink {
    let page: SourceFile
    /// From 1.
    let line: Int
    let target: String

    /// The links of a page, without those to other sites and those that stand in code.
    static func all(in page: SourceFile) -> [PageLink] {
        var isCode = false
        return page.lines.enumerated().flatMap { index, line -> [PageLink] in
            if line.hasPrefix("```") { isCode.toggle() }
            let words = line.split(separator: "`", omittingEmptySubsequences: false)
            let prose = stride(from: 0, to: words.count, by: 2).map { words[$0] }.joined(separator: "_")
            guard !isCode else { return [] }
            return lines(matching: #"(?<=\]\()[^)\s]+(?=[)\s])"#, in: prose)
                .filter { !$0.match.contains("://") && !$0.match.hasPrefix("mailto:") }
                .map { PageLink(page: page, line: index + 1, target: $0.match) }
        }
    }

    /// What is wrong with the link; nil when it leads somewhere.
    var problem: String? {
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let folder = page.path.split(separator: "/").dropLast().map(String.init)
        let steps = parts[0].split(separator: "/").map(String.init)
        let path = steps.reduce(into: parts[0].hasPrefix("/") ? [] : folder) { path, step in
            if step == ".." { _ = path.popLast() } else if step != "." { path.append(step) }
        }.joined(separator: "/")
        let file = parts[0].isEmpty ? page : nil
        if file == nil, !FileManager.default.fileExists(atPath: Tree.top.appendingPathComponent(path).path) {
            return "no such file"
        }
        guard parts.count == 2 else { return nil }
        let text = file?.text ?? Tree.files.first { $0.path == path }?.text ?? ""
        return Self.headings(of: text).contains(parts[1]) ? nil : "no such heading"
    }

    /// The anchors that the headings of a page make: lower case, spaces as hyphens, punctuation left out.
    private static func headings(of text: String) -> Set<String> {
        Set(
            lines(matching: #"^#+ +.*$"#, in: text).map { heading in
                heading.match.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                    .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
                    .replacingOccurrences(of: " ", with: "-")
            })
    }
}
