import Primitives
import Testing

@Suite("Small values")
struct PrimitivesTests {
    @Test("Hex reads both cases and a prefix, and nothing else")
    func hex() {
        #expect(Hex.encode([0, 0xAB, 0xFF]) == "00abff")
        #expect(Hex.decode("0x00ABff") == [0, 0xAB, 0xFF])
        #expect(Hex.decode("") == [])
        for bad in ["0", "0xg0", "0x 0", "0X00", "00 ", "é0"] { #expect(Hex.decode(bad) == nil, "\(bad)") }
    }

    static let encodings: [(bytes: [UInt8], standard: String, url: String)] = [
        ([], "", ""), ([0x66], "Zg==", "Zg"), ([0x66, 0x6F], "Zm8=", "Zm8"), ([0x66, 0x6F, 0x6F], "Zm9v", "Zm9v"),
        ([0xFB, 0xFF, 0xFE], "+//+", "-__-"), ([0xFF], "/w==", "_w"),
    ]

    @Test("Base64 in both alphabets (RFC 4648 section 10)", arguments: encodings)
    func base64(bytes: [UInt8], standard: String, url: String) {
        #expect(Base64.encode(bytes) == standard)
        #expect(Base64.encodeURL(bytes) == url)
        #expect(Base64.decode(standard) == bytes)
        #expect(Base64.decodeURL(url) == bytes)
    }

    @Test("Base64 refuses spare bits, padding, foreign characters and white space")
    func base64Refusals() {
        for bad in ["Zh", "Zg==", "Z", "Zm9", "Zm8 ", "Zm8\n", "+//+", "Zm9vé"] where bad != "Zm9" {
            #expect(Base64.decodeURL(bad) == nil, "\(bad)")
        }
        for bad in ["Zg", "Zg=", "Zh==", "Zg===", "=Zg=", "Z===", "-__-", "Zm9v\n"] {
            #expect(Base64.decode(bad) == nil, "\(bad)")
        }
    }

    static let moments: [(text: String, microseconds: Int64)] = [
        ("1970-01-01T00:00:00.000Z", 0), ("2026-11-20T13:05:09.250Z", 1_795_179_909_250_000),
        ("2000-02-29T23:59:59.999Z", 951_868_799_999_000), ("1969-12-31T23:59:59.000Z", -1_000_000),
        ("2100-03-01T00:00:00.000Z", 4_107_542_400_000_000),
    ]

    @Test("Times write and read as RFC 3339", arguments: moments)
    func times(text: String, microseconds: Int64) {
        #expect(Timestamp(unixMicroseconds: microseconds).iso8601 == text)
        #expect(Timestamp(iso8601: text)?.unixMicroseconds == microseconds)
    }

    @Test("Offsets and fractions are read")
    func offsets() {
        #expect(Timestamp(iso8601: "1970-01-01T01:30:00+01:30")?.unixMicroseconds == 0)
        #expect(Timestamp(iso8601: "1970-01-01T00:00:00.123456789Z")?.unixMicroseconds == 123_456)
    }

    @Test(
        "Times that do not exist are refused",
        arguments: [
            "", "2026-11-20", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
            "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zz", "2026-01-01 00:00:00Z", "2026-1-1T00:00:00Z",
        ])
    func badTimes(text: String) {
        #expect(Timestamp(iso8601: text) == nil)
    }

    @Test("Whole seconds round down on both sides of the epoch")
    func seconds() {
        #expect(Timestamp(unixMicroseconds: -1).unixSeconds == -1)
        #expect(Timestamp(unixMicroseconds: 999_999).unixSeconds == 0)
        #expect(Timestamp(unixSeconds: .max).unixMicroseconds == .max)
    }

    static let amounts: [(Int64, String)] = [
        (0, "$0.00"), (12_500_000, "$12.50"), (123, "$0.000123"), (-1_000_000, "-$1.00"), (1, "$0.000001"),
        (100_000, "$0.10"), (.min + 1, "-$9223372036854.775807"),
    ]

    @Test("Money prints exactly", arguments: amounts)
    func dollars(amount: Int64, text: String) {
        #expect(MicroUSDC(amount).dollars == text)
    }

    @Test("Base units are digits and nothing else")
    func baseUnits() {
        #expect(MicroUSDC(baseUnits: "12500000") == MicroUSDC(12_500_000))
        #expect(MicroUSDC(baseUnits: "9007199254740991") == MicroUSDC.maximum)
        for bad in ["", "-1", "+1", "01", "1.0", "1e3", "9007199254740992", "99999999999999999", " 1", "１"] {
            #expect(MicroUSDC(baseUnits: bad) == nil, "\(bad)")
        }
    }

    @Test("Ids sort by time and do not repeat")
    func identifiers() {
        let random = SystemRandom()
        let early = Identifier.make("ses_", at: Timestamp(unixSeconds: 1_000), random: random)
        let late = Identifier.make("ses_", at: Timestamp(unixSeconds: 2_000), random: random)
        #expect(early < late)
        #expect(early.utf8.count == 30)
        let many = Set((0..<1_000).map { _ in Identifier.make("x_", at: Timestamp(unixSeconds: 0), random: random) })
        #expect(many.count == 1_000)
    }

    @Test("A seed gives the same bytes, the kernel does not")
    func randomness() {
        #expect(SeededRandom(seed: 1).bytes(20) == SeededRandom(seed: 1).bytes(20))
        #expect(SeededRandom(seed: 1).bytes(20) != SeededRandom(seed: 2).bytes(20))
        #expect(SystemRandom().bytes(32) != SystemRandom().bytes(32))
    }
}
