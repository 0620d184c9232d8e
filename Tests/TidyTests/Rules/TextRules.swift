extension Rule {
    /// Rules about what the words say. The forbidden ones stand here in two halves, so that no file is exempt.
    static let textRules: [Rule] = [
        Rule(
            name: "Nothing is left for later",
            reads: { $0.kind != "json" && $0.kind != "txt" },
            check: forbid(
                #"\b(TO"# + #"DO|FIX"# + #"ME|XX"# + #"X|HA"# + #"CK)\b|\bfor"# + #" now\b|\bnot"# + #" implemented\b|"#
                    + #"\bun"# + #"implemented\b|\bplaceholder"# + #" implementation\b"#,
                in: .text, "finish it or leave it out"),
            bad: [
                sample("// TO" + "DO: check\n"), sample("// good enough for" + " now\n"),
                sample("XX" + "X\n", at: "README.md"), sample("// un" + "implemented\n"),
            ],
            good: [sample("case 501: \"Not Implemented\"\n"), sample("// before now\n")]
        ),
        Rule(
            name: "No path of one person's machine",
            reads: { $0.kind != "json" },
            check: forbid(
                #"(?<![\w.-])/(home|ro"# + #"ot|Users)/[\w.]"#, in: .text, "say it relative to the repository"),
            bad: [sample("// see /home" + "/ann/notes\n"), sample("cd /ro" + "ot/gateway\n", at: "README.md")],
            good: [sample("// GET /wallet/home/a\n"), sample("let home = \"/home\"\n")]
        ),
        Rule(
            name: "A link in a page leads somewhere",
            reads: { $0.kind == "md" },
            check: brokenLinks,
            bad: [
                sample("[a](no-such-file.md)\n", at: "README.md"),
                sample("see [b](../Package.swift)\n", at: "Tests/TidyTests/page.md"),
                sample("[c](Package.swift#no-such-heading)\n", at: "README.md"),
            ],
            good: [
                sample("[a](Package.swift) [b](Sources/) [c](https://example.org/d)\n", at: "README.md"),
                sample("[a](#what-it-does)\n## What it does\n", at: "README.md"),
                sample("`[not](a-link)`\n```\n[nor](this)\n```\n", at: "README.md"),
            ]
        ),
    ]

    private static let brokenLinks: @Sendable (SourceFile) -> [Violation] = { file in
        PageLink.all(in: file).compactMap { link in
            link.problem.map { Violation(path: file.path, line: link.line, what: "link to `\(link.target)`: \($0)") }
        }
    }
}
