import Primitives
import Testing

@testable import HTTPServer

@Suite("A format's check and its documented pattern say the same")
struct TextFormatTests {
    struct Named: Sendable, CustomTestStringConvertible {
        let name: String
        let format: TextFormat
        /// Texts that fit.
        let good: [String]
        /// Texts that nearly do.
        let bad: [String]

        var testDescription: String { name }
    }

    private static let hex = "00aAfF99bBcCdDeE0123456789abcdefABCDEF12"
    private static let long = String(repeating: "4f", count: 65)

    static let formats: [Named] = [
        Named(
            name: "address", format: .address, good: ["0x" + hex],
            bad: ["0X" + hex, hex, "0x" + hex.dropLast(), "0x" + hex + "0", "0x" + hex.dropLast() + "g", " 0x" + hex]),
        Named(
            name: "signature", format: .signature, good: [long, "0x" + long],
            bad: [
                "0X" + long, String(long.dropLast()), long + "0", "0x" + long.dropLast(), "0x" + long + "0",
                "x" + long, "0x" + long.dropLast() + "g", "00" + long,
            ]),
        Named(
            name: "accountSignature", format: .accountSignature,
            good: ["00", "0x00", long, "0x" + long, "0x" + String(repeating: "aF", count: 8_192)],
            bad: ["", "0x", "0", "0x0", "000", "0X00", "0x0g", "x00", String(repeating: "00", count: 8_194)]),
        Named(
            name: "identifier", format: .identifier,
            good: ["a", "Z", "9", "a.b_c:d/e-f", "claude-3.5", String(repeating: "a", count: 100)],
            bad: [
                "", ".a", "_a", ":a", "/a", "-a", "a b", "a@b", "a[b", "a`b", "a{b", String(repeating: "a", count: 101),
            ]),
        Named(
            name: "pathValue", format: .pathValue,
            good: ["a", "_a", "-a", "9.b_c:d/e-f", String(repeating: "-", count: 100)],
            bad: ["", ".a", ":a", "/a", "a b", "a@b", "a[b", "a`b", "a{b", String(repeating: "a", count: 101)]),
        Named(name: "one", format: .one, good: ["1"], bad: ["", "0", "11", "true", " 1"]),
        Named(
            name: "hex", format: .hex(4...8), good: ["0aF9", "001122", "aabbccdd"],
            bad: ["", "00", "0", "001", "00112", "0x11", "0011223344", "001g", " 0011"]),
        Named(
            name: "visible", format: .visible, good: ["!", "~", "a", "\"\\", String(repeating: "x", count: 255)],
            bad: ["", " ", "a b", "a\tb", "é", "\u{7f}", String(repeating: "x", count: 256)]),
        Named(
            name: "baseUnits", format: .baseUnits, good: ["0", "1", "10", "9999999999999999"],
            bad: ["", "00", "01", "-1", "+1", "1.0", "1e3", " 1", "1 ", "10000000000000000", "0x1"]),
        Named(
            name: "digits", format: .digits(upTo: 3), good: ["0", "007", "999"],
            bad: ["", "1000", "-1", "1.", "a", " 1", "+1"]),
    ]

    private func fits(_ text: String, _ format: TextFormat) -> Bool {
        Schema.problem(in: text, length: format.length, format: format) == nil
    }

    @Test("The table", arguments: formats)
    func table(_ named: Named) throws {
        let judge = try PatternJudge(named.format.pattern)
        for text in named.good {
            #expect(fits(text, named.format), "\(text)")
            #expect(judge.fits(text), "\(text)")
        }
        // What looks alike, and what an expression's `$` is lax about.
        let lookalikes = named.good.flatMap {
            [$0 + "\n", "\n" + $0, $0 + "\r\n", $0 + "\u{0}", $0 + "\u{301}", "０" + $0]
        }
        for text in named.bad + lookalikes {
            #expect(!fits(text, named.format), "\(text.debugDescription)")
            #expect(!judge.fits(text), "\(text.debugDescription)")
        }
    }

    private static let odd = ["\n", "\r\n", "\u{0}", " ", "é", "e\u{301}", "٣", "０", "\u{212A}", "😀", "\u{2028}", "ſ"]

    @Test("Random texts near to good ones", arguments: formats, [11, 12, 13] as [UInt64])
    func random(_ named: Named, seed: UInt64) throws {
        let judge = try PatternJudge(named.format.pattern)
        let random = SeededRandom(seed: seed)
        var taken = 0
        for round in 0..<600 {
            var scalars = Array(named.good[Int(random.bytes(1)[0]) % named.good.count].unicodeScalars)
            for _ in 0..<Int(random.bytes(1)[0] % 3) {
                let dice = random.bytes(4)
                let place = scalars.isEmpty ? 0 : (Int(dice[0]) << 8 | Int(dice[1])) % scalars.count
                let piece =
                    dice[3] < 60
                    ? TextFormatTests.odd[Int(dice[3]) % TextFormatTests.odd.count]
                    : String(UnicodeScalar(dice[3] & 0x7F))
                switch dice[2] % 4 {
                case 0 where !scalars.isEmpty: scalars.remove(at: place)
                case 1: scalars.insert(contentsOf: piece.unicodeScalars, at: place)
                case 2: scalars.append(contentsOf: piece.unicodeScalars)
                default:
                    if !scalars.isEmpty { scalars.replaceSubrange(place...place, with: piece.unicodeScalars) }
                }
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            let verdict = fits(text, named.format)
            taken += verdict ? 1 : 0
            #expect(verdict == judge.fits(text), "seed \(seed), round \(round): \(text.debugDescription)")
        }
        #expect((1..<600).contains(taken), "seed \(seed): the texts are neither all good nor all bad")
    }
}
