extension Rule {
    /// Rules about what product code may do.
    static let codeRules: [Rule] = [
        Rule(
            name: "Product code imports Glibc, not Foundation",
            reads: { $0.isProduct },
            check: forbid(
                #"^\s*(@\w+ +)*((public|package|internal|private) +)?import +(Foundation\w*|Dispatch)\b"#,
                "the program must stay small; Glibc has what is needed"),
            bad: [sample("import Foundation\n"), sample("public import FoundationEssentials\n")],
            good: [
                sample("// import Foundation\nimport Glibc\n"), sample("import Foundation\n", at: "Tests/A/B.swift"),
            ]
        ),
        Rule(
            name: "Product code has no hidden crash",
            reads: { $0.isProduct },
            check: forbid(#"\btry!|\bas!|\bfatalError\s*\(|\bunsafeBitCast\b"#, "handle the failure, or state it"),
            bad: [
                sample("let a = try! f()\n"), sample("let b = c as! D\n"), sample("func g() { fatalError(\"x\") }\n"),
            ],
            good: [sample("let a = \"try! as! fatalError()\" // try!\n"), sample("let b = c as? D\n")]
        ),
        Rule(
            name: "Shared state that the compiler cannot check carries its proof",
            reads: { $0.kind == "swift" },
            check: unproved,
            bad: [
                sample("final class A: @unchecked Sendable {}\n"),
                sample("nonisolated(unsafe) var a = 1 // the lock guards it\n"),
            ],
            good: [
                sample("final class A: @unchecked Sendable {} // proof: it has no state\n"),
                sample("let text = \"@unchecked Sendable\"\n"),
            ]
        ),
        Rule(
            name: "No floating point near money",
            reads: { $0.path.hasPrefix("Sources/Ledger/") || $0.name.hasPrefix("MicroUSDC") },
            check: forbid(#"\b(Double|Float|Float16|Float32|Float64|CGFloat)\b"#, in: .text, "money is integers"),
            bad: [
                sample("let price: Double = 1\n", at: "Sources/Ledger/Price.swift"),
                sample("let a = Float(b)\n", at: "Sources/Primitives/MicroUSDC.swift"),
            ],
            good: [
                sample("let price: Int64 = 1\n", at: "Sources/Ledger/Price.swift"), sample("let seconds: Double = 1\n"),
            ]
        ),
    ]

    private static let unproved: @Sendable (SourceFile) -> [Violation] = { file in
        let raw = file.lines
        return lines(matching: #"@unchecked +Sendable|nonisolated\(unsafe\)"#, in: file.code)
            .filter { !raw[$0.line - 1].contains("// proof: ") }
            .map { Violation(path: file.path, line: $0.line, what: "`\($0.match)` without `// proof: ...`") }
    }
}
