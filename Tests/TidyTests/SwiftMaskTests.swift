import Testing

@Suite("Only code is left after masking")
struct SwiftMaskTests {
    @Test(arguments: [
        ("let a = 1 // x", "let a = 1     "),
        ("a /* x /* y */ z */ b", "a                   b"),
        (#"f("x", y)"#, #"f(" ", y)"#),
        (#"f("\"x", y)"#, #"f("   ", y)"#),
        (#"f("\(g("x)"))", y)"#, #"f("    "  "  ", y)"#),
        (##"f(#"x"y"#, z)"##, ##"f(#"   "#, z)"##),
        ("f(\"\"\"\n  x \"y\" \\\n  \"\"\", z)", "f(\"\"\"\n         \n  \"\"\", z)"),
        ("let a = \"x // y\"\nb", "let a = \"      \"\nb"),
        ("#if DEBUG\n#endif", "#if DEBUG\n#endif"),
    ])
    func `comments and strings become spaces`(source: String, code: String) {
        #expect(SwiftMask.codeOnly(source) == code)
    }
}
