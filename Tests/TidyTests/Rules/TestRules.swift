extension Rule {
    /// Rules about tests. What they forbid stands here in two halves, so that no file is exempt.
    static let testRules: [Rule] = [
        Rule(
            name: "No test is switched off, and none that cannot fail",
            reads: { $0.path.hasPrefix("Tests/") },
            check: forbid(
                #"\.dis"# + #"abled\(|XCT"# + #"Skip|#expect\(tr"# + #"ue\)|\bassert Tr"# + #"ue\b"#
                    + #"|pytest\.(sk"# + #"ip|xf"# + #"ail|importor)|mark\.(sk"# + #"ip|xf"# + #"ail)"#,
                "a test that does not run proves nothing"),
            bad: [
                sample("@Test(.dis" + "abled()) func a() {}\n", at: "Tests/A/B.swift"),
                sample("#expect(tr" + "ue)\n", at: "Tests/A/B.swift"),
                sample("@pytest.mark.sk" + "ip\ndef test_a():\n", at: "Tests/Clients/test_a.py"),
            ],
            good: [
                sample("#expect(trueValue)\n", at: "Tests/A/B.swift"),
                sample("button.isEnabled(a)\n", at: "Tests/A/B.swift"),
            ]
        ),
        Rule(
            name: "A test waits for an event, not for the clock",
            reads: { $0.path.hasPrefix("Tests/") && ($0.kind == "swift" || $0.kind == "py") },
            check: unexplainedSleeps,
            bad: [
                sample("try await Task.sle" + "ep(for: .seconds(1))\n", at: "Tests/A/B.swift"),
                sample("time.sle" + "ep(1)\n", at: "Tests/Clients/test_a.py"),
            ],
            good: [sample("usle" + "ep(10)  // pause: between two looks\n", at: "Tests/A/B.swift")]
        ),
    ]

    private static let unexplainedSleeps: @Sendable (SourceFile) -> [Violation] = { file in
        let raw = file.lines
        return lines(
            matching: #"\b(us"# + #"leep|nano"# + #"sleep|(Task|Thread|time)\.sle"# + #"ep|sle"# + #"ep)\("#,
            in: file.code
        )
        .filter { !raw[$0.line - 1].contains("pause: ") }
        .map { Violation(path: file.path, line: $0.line, what: "`\($0.match)` without `pause: why`") }
    }
}
