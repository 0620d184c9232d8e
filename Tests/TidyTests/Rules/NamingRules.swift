extension Rule {
    /// Rules about what files are called.
    static let namingRules: [Rule] = [
        Rule(
            name: "A file is named after what it declares",
            reads: { $0.isProduct && $0.name != "main.swift" },
            check: { file in
                let subject = file.name.split(whereSeparator: { $0 == "+" || $0 == "." }).first.map(String.init) ?? ""
                return lines(matching: #"\b"# + subject + #"\b"#, in: file.code).isEmpty
                    ? [Violation(path: file.path, line: 1, what: "`\(subject)` does not occur in it")] : []
            },
            bad: [
                sample("struct Other {}\n", at: "Sources/Primitives/Thing.swift"),
                sample("extension Other {} // Thing\n", at: "Sources/Primitives/Thing+Topic.swift"),
            ],
            good: [
                sample("struct Thing {}\n", at: "Sources/Primitives/Thing.swift"),
                sample("extension Thing {}\n", at: "vault/Thing+Topic.swift"),
            ]
        ),
        Rule(
            name: "No empty room",
            reads: { $0.kind == "swift" },
            check: { file in
                let isEmpty = file.name.hasPrefix("Placeholder") || lines(matching: #"\S"#, in: file.code).isEmpty
                return isEmpty ? [Violation(path: file.path, line: 1, what: "holds nothing: remove it")] : []
            },
            bad: [sample("// nothing yet\n"), sample("let a = 1\n", at: "Sources/Ledger/Placeholder.swift")],
            good: [sample("let a = 1\n")]
        ),
    ]
}
