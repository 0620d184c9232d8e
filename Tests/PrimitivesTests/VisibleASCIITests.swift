import Primitives
import Testing

@Suite("Visible ASCII")
struct VisibleASCIITests {
    @Test("Every single byte from ! to ~ is visible, and no other")
    func bytes() {
        for byte in UInt8.min...0x7F {
            let text = String(decoding: [byte], as: UTF8.self)
            #expect(VisibleASCII.matches(text, length: 1...1) == (byte >= 0x21 && byte <= 0x7E), "byte \(byte)")
        }
    }

    @Test(
        "One foreign character spoils the text", arguments: ["a b", "a\0b", "ab\n", " ab", "é", "a\u{7F}", "\u{FF01}"])
    func foreign(text: String) {
        #expect(!VisibleASCII.matches(text, length: 0...100))
    }

    @Test("The length lies within its range", arguments: [(0, false), (1, false), (2, true), (4, true), (5, false)])
    func length(count: Int, isRight: Bool) {
        #expect(VisibleASCII.matches(String(repeating: "x", count: count), length: 2...4) == isRight)
    }

    @Test("The empty text matches where it may be empty")
    func empty() {
        #expect(VisibleASCII.matches("", length: 0...1))
    }
}
