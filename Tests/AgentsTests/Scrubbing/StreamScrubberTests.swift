import Cryptography
import Primitives
import Testing

@testable import Agents

@Suite("No secret leaves in a text")
struct StreamScrubberTests {
    private static let salt = SeededRandom(seed: 7).bytes(16)

    private static func known(_ values: (String, String)...) throws -> KnownValues {
        KnownValues(try values.map { ($0.0, try Secret(copying: Array($0.1.utf8))) }, salt: salt)
    }

    private static func scrub(_ pieces: [String], _ known: KnownValues = .none) -> String {
        var scrubber = StreamScrubber(known)
        return pieces.map { scrubber.feed($0) }.joined() + scrubber.finish()
    }

    /// Every way of cutting a text in two, and the one that cuts it into its characters.
    private static func cuts(_ text: String) -> [[String]] {
        text.indices.map { [String(text[..<$0]), String(text[$0...])] } + [text.map(String.init)]
    }

    @Test("A known value is named, however the stream is cut, and what stands around it is not touched")
    func named() throws {
        let known = try Self.known(("DB", "hunter2-ß/\"x y"))
        for pieces in Self.cuts("Grüezi: hunter2-ß/\"x y, und hunter2 allein. hunter2-ß/\"x y") {
            #expect(Self.scrub(pieces, known) == "Grüezi: [REDACTED:DB], und hunter2 allein. [REDACTED:DB]")
        }
    }

    @Test(
        "A value is found as JSON, base64 and URLs write it",
        arguments: ["tok+en/with \"quo\\tes\" é", "plainvalue99"])
    func encoded(value: String) throws {
        let known = try Self.known(("V", value))
        let json = JSON.string(value).text.dropFirst().dropLast()
        let bytes = Array(value.utf8)
        func percent(_ hex: (UInt8) -> String) -> String {
            bytes.map { byte in
                let isPlain = byte < 0x80 && (byte.isWordByte || byte == UInt8(ascii: "."))
                return isPlain ? String(UnicodeScalar(byte)) : "%" + hex(byte)
            }.joined()
        }
        let upper = percent { Hex.encode([$0]).uppercased() }
        let forms = [
            String(json), String(json.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")),
            Base64.encodeURL(bytes), upper, percent { Hex.encode([$0]) },
        ]
        for form in forms {
            for pieces in Self.cuts("a(\(form))b") { #expect(Self.scrub(pieces, known) == "a([REDACTED:V])b") }
        }
        #expect(Self.scrub(["<\(Base64.encode(bytes))>"], known).hasPrefix("<[REDACTED:V]"))
    }

    @Test("A value inside of a longer base64 text is found at each of the three places of a group")
    func embedded() throws {
        let known = try Self.known(("V", "sixteen-byte-val"))
        for before in ["", "u", "us", "user:", "abcd"] {
            let text = Base64.encode(Array((before + "sixteen-byte-val" + ":rest of it").utf8))
            let scrubbed = Self.scrub([text], known)
            #expect(scrubbed.contains("[REDACTED:V]"))
            // What is left of it are the digits that it shares with its neighbours: two at the most.
            let left = scrubbed.replacing("[REDACTED:V]", with: "").count
            #expect(left <= (text.count - 16 * 8 / 6) + 2)
        }
    }

    @Test("Values below four characters are not looked for; those of four are")
    func short() throws {
        let known = try Self.known(("THREE", "abc"), ("FOUR", "wxyz"))
        #expect(Self.scrub(["abc wxyz abc"], known) == "abc [REDACTED:FOUR] abc")
        #expect(try Self.known(("THREE", "abc")).longestBytes == 0)
    }

    @Test("The longest value wins, and values that overlap leave nothing of either")
    func overlapping() throws {
        let known = try Self.known(("LONG", "abcd-efgh"), ("SHORT", "abcd"), ("TAIL", "efgh-ijkl-mnop"))
        for pieces in Self.cuts("abcd abcd-efgh! abcd-efgX abcd-efgh-ijkl-mnop.") {
            #expect(
                Self.scrub(pieces, known)
                    == "[REDACTED:SHORT] [REDACTED:LONG]! [REDACTED:SHORT]-efgX [REDACTED:TAIL].")
        }
        #expect(Self.scrub(["abcdabcd"], known) == "[REDACTED:SHORT][REDACTED:SHORT]")
    }

    @Test(
        "What looks like a secret goes",
        arguments: [
            ("key sk-ant-api03-AbCd_12-xyz.", "key [REDACTED]."), ("mcpwt_eyJ2IjoxfQ", "[REDACTED]"),
            ("(sgk_abcd_0123456789)", "([REDACTED])"),
            ("Authorization: Bearer eyJhbGciOi.J9.x-y_z=", "Authorization: Bearer [REDACTED]"),
            ("bearer   abcdefgh1 and", "bearer   [REDACTED] and"),
            ("{\"password\": \"open sesame\"}", "{\"password\": \"[REDACTED]\"}"),
            ("{\\\"apiKey\\\":\\\"open\\\"}", "{\\\"apiKey\\\":\\\"[REDACTED]\\\"}"),
            ("DB_PASSWORD='a b c d' x", "DB_PASSWORD='[REDACTED]' x"),
            ("client_secret=Zm9vYmFy1&a=b", "client_secret=[REDACTED]&a=b"),
            ("access_token = 0123456789", "access_token = [REDACTED]"),
        ])
    func patterns(text: String, expected: String) {
        for pieces in Self.cuts(text) { #expect(Self.scrub(pieces) == expected) }
    }

    @Test(
        "What only speaks of secrets stays",
        arguments: [
            "Keys begin with sk-ant- or sk-ant-api03, tokens with mcpwt_.", "sk-ant", "The bearer of bad news",
            "bearer instruments", "password: choose a strong one", "password = os.environ[\"DB_PASSWORD\"]",
            "api_key=\"{{ANTHROPIC_API_KEY}}\"", "token: '${TOKEN}'", "secret = \"<your secret>\"", "secret: \"abc\"",
            "max_tokens: 123456789", "the password is swordfish", "a = \"b\": c", "skipping ski-masks", "",
        ])
    func prose(text: String) {
        for pieces in Self.cuts(text) { #expect(Self.scrub(pieces) == text) }
    }

    @Test("No more is held back than the longest form of a value")
    func bounded() throws {
        let value = "sk-ant-" + String(repeating: "a1", count: 50)
        let known = try Self.known(("K", value))
        var scrubber = StreamScrubber(known)
        var given = 0
        var shown = 0
        for character in "x" + value.dropLast() + " " + value.dropLast(20) {
            given += 1
            shown += scrubber.feed(String(character)).utf8.count
            #expect(given - shown <= known.longestBytes || shown > 0)
        }
        #expect(known.longestBytes < 2 * value.utf8.count)
    }

    @Test("After a pause the beginning is shown, and a secret that goes on after it is still left out from there")
    func pause() throws {
        let known = try Self.known(("K", "correct-horse-battery"))
        var scrubber = StreamScrubber(known)
        #expect(scrubber.feed("It is corre") == "It is ")
        #expect(scrubber.isHolding)
        #expect(scrubber.pause() == "corre")
        #expect(!scrubber.isHolding)
        #expect(scrubber.feed("ct-horse-ba") == "")
        // Never more than eight bytes of it.
        #expect(scrubber.pause() == "ct-")
        #expect(scrubber.pause() == "")
        #expect(scrubber.feed("ttery, isn't it?") == "[REDACTED:K], isn't it?")
        #expect(scrubber.feed(" corre") == " ")
        #expect(scrubber.pause() == "corre")
        #expect(scrubber.feed("ct!") + scrubber.finish() == "ct!")
    }

    @Test("A pause in the middle of a key that only looks like one shows its prefix alone")
    func pauseInPattern() {
        var scrubber = StreamScrubber(.none)
        #expect(scrubber.feed("sk-ant-api0") == "")
        #expect(scrubber.pause() == "sk-ant-")
        #expect(scrubber.feed("3-abcdef") == "")
        #expect(scrubber.pause() == "[REDACTED]")
        #expect(scrubber.feed("ghijk and") == " and")
        #expect(scrubber.finish() == "")
    }

    @Test("An answer that is cut off in a value shows less than half of it")
    func cutOff() throws {
        let value = "correct-horse-battery"
        let known = try Self.known(("K", value))
        for length in 1...value.count {
            let text = Self.scrub(["x " + value.prefix(length)], known)
            #expect(text == "x " + (length * 2 > value.count ? "[REDACTED:K]" : value.prefix(length)))
        }
    }

    @Test("Random texts come through as they are whole or in pieces, and no value comes through")
    func random() throws {
        let random = SeededRandom(seed: 20)
        let values = ["abab", "babab/a", "aab-\"b", "bbbb bbbb"]
        let known = try Self.known(("A", values[0]), ("B", values[1]), ("C", values[2]), ("D", values[3]))
        let alphabet = Array("aabbb-/\" \\é")
        for _ in 0..<400 {
            let text = String(random.bytes(40).map { alphabet[Int($0) % alphabet.count] })
            let whole = Self.scrub([text], known)
            var pieces: [String] = []
            var rest = text[...]
            while !rest.isEmpty {
                let count = Int(random.bytes(1)[0] % 7)
                pieces.append(String(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(Self.scrub(pieces, known) == whole)
            #expect(!values.contains { whole.contains($0) })
            if !values.contains(where: { text.contains($0.prefix(2)) }) { #expect(whole == text) }
        }
    }

    @Test("What is kept of a value does not contain it")
    func keepsNothing() throws {
        let known = try Self.known(("K", "correct-horse-battery"))
        let dump = String(reflecting: known)
        #expect(!dump.contains("correct") && !dump.contains("horse"))
        #expect(dump.contains("\"K\""))
    }
}
