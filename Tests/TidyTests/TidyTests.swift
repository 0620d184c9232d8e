import Testing

@Suite("The tree keeps the rules of the house")
struct TidyTests {
    @Test(arguments: Rule.all)
    func `every file keeps`(rule: Rule) {
        report(Tree.files.flatMap(rule.violations(in:)))
    }

    @Test(arguments: Rule.all)
    func `a rule sees each of its bad samples and lets the good ones pass`(rule: Rule) {
        #expect(!rule.bad.isEmpty && !rule.good.isEmpty)
        for file in rule.bad {
            #expect(!rule.violations(in: file).isEmpty, "not seen: \(file.text.prefix(80))")
        }
        for file in rule.good {
            #expect(rule.violations(in: file).isEmpty, "wrongly refused: \(file.text.prefix(80))")
        }
    }

    @Test func `the walk finds the sources`() {
        let wanted: Set = ["Package.swift", "README.md", "Makefile", ".ci/run", "scripts/setup", "vault/README.md"]
        #expect(wanted.subtracting(Tree.files.map(\.path)) == [])
        #expect(Tree.files.count { $0.isProduct } >= 40)
    }

    @Test(arguments: ["make demo", "make test"])
    func `the first screen of the README names the command`(command: String) throws {
        let page = try #require(Tree.files.first { $0.path == "README.md" })
        #expect(page.lines.prefix(40).contains { $0.contains(command) })
    }
}
