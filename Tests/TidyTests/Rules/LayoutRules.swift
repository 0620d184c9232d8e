extension Rule {
    /// A file longer than this holds more than one concept.
    static let longestFile = 700
    /// A function longer than this is not read in one go.
    static let longestFunction = 70
    /// As in .swift-format; here it holds for the other languages, too.
    static let widestLine = 120

    /// Rules about lines, files and functions.
    static let layoutRules: [Rule] = [
        Rule(
            name: "A file has at most \(longestFile) lines",
            reads: { $0.isCode },
            check: { file in
                let count = file.lines.count - 1
                return count <= longestFile
                    ? [] : [Violation(path: file.path, line: longestFile + 1, what: "\(count) lines: split it")]
            },
            bad: [sample(String(repeating: "let a = 1\n", count: longestFile + 1))],
            good: [sample(String(repeating: "let a = 1\n", count: longestFile))]
        ),
        Rule(
            name: "A function has at most \(longestFunction) lines",
            reads: { $0.kind == "swift" },
            check: { file in
                FunctionSpan.all(in: file).filter { $0.lines > longestFunction }.map {
                    Violation(path: file.path, line: $0.first, what: "a function of \($0.lines) lines: split it")
                }
            },
            bad: [
                sample(
                    "func f(a: () -> Void = {}) {\n" + String(repeating: "g()\n", count: longestFunction - 1) + "}\n"),
                sample("init() {\n" + String(repeating: "if a { b() }\n", count: longestFunction) + "}\n"),
            ],
            good: [
                sample("func f() {\n" + String(repeating: "g()\n", count: longestFunction - 2) + "}\n"),
                sample("protocol P { func f() }\nstruct A {\n" + String(repeating: "let a = 1\n", count: 90) + "}\n"),
            ]
        ),
        Rule(
            name: "A line has at most \(widestLine) columns",
            reads: { $0.isCode },
            check: { file in
                file.lines.enumerated().filter { $1.count > widestLine }.map {
                    Violation(path: file.path, line: $0 + 1, what: "\($1.count) columns")
                }
            },
            bad: [sample("//" + String(repeating: "x", count: widestLine - 1) + "\n")],
            good: [sample("//" + String(repeating: "é", count: widestLine - 2) + "\n")]
        ),
        Rule(
            name: "No tabs, no carriage returns, no spaces at the end of a line",
            reads: { $0.name != "Makefile" && $0.kind != "json" },
            check: forbid(#"\t|\r|[ ]+$"#, in: .text, "white space nobody sees"),
            bad: [sample("\tlet a = 1\n"), sample("let a = 1 \n"), sample("let a = 1\r\n")],
            good: [sample("    let a = 1\n"), sample("a:\n\tb\n", at: "Makefile")]
        ),
        Rule(
            name: "A file ends in one line feed",
            reads: { $0.kind != "json" },
            check: { file in
                let isRight = file.text.isEmpty || (file.text.hasSuffix("\n") && !file.text.hasSuffix("\n\n"))
                return isRight
                    ? [] : [Violation(path: file.path, line: file.lines.count, what: "does not end in one line feed")]
            },
            bad: [sample("let a = 1"), sample("let a = 1\n\n")],
            good: [sample("let a = 1\n"), sample("", at: "Sources/Primitives/Empty.txt")]
        ),
    ]
}
