import Primitives
import Testing

@testable import Cryptography

@Suite("DER")
struct DERTests {
    static let lengths: [(bytes: String, content: Int?)] = [
        ("0400", 0), ("040100", 1), ("04 80 0000", nil), ("04 8101 00", nil), ("04 82 0080" + zeros(128), nil),
        ("04 8180" + zeros(128), 128), ("04 8180" + zeros(127), nil), ("04 820100" + zeros(256), 256),
        ("04 84 7fffffff", nil), ("04 84 ffffffff", nil), ("04 85 0000000001 00", nil), ("04 ff", nil), ("04", nil),
        ("", nil), ("04 02 00", nil), ("1f 01 00", nil), ("3f8101 00", nil),
    ]

    private static func zeros(_ count: Int) -> String { String(repeating: "00", count: count) }

    @Test("A length is definite, in its shortest form, and inside what holds it", arguments: lengths)
    func length(bytes: String, content: Int?) {
        var reader = DERReader(hex(bytes))
        let element = try? reader.element("test")
        #expect(element?.content.count == content)
    }

    static let numbers: [(bytes: String, magnitude: [UInt8]?)] = [
        ("020100", [0]), ("02017f", [0x7F]), ("02020080", [0x80]), ("0202007f", nil), ("020180", nil), ("0200", nil),
        ("0203010001", [1, 0, 1]), ("03020001", nil),
    ]

    @Test("A number is not negative and has no zero too many", arguments: numbers)
    func number(bytes: String, magnitude: [UInt8]?) {
        var reader = DERReader(hex(bytes))
        #expect((try? reader.magnitude("test")) == magnitude)
    }

    static let times: [(tag: UInt8, text: String, moment: String?)] = [
        (0x17, "260219235030Z", "2026-02-19T23:50:30.000Z"), (0x17, "491231235959Z", "2049-12-31T23:59:59.000Z"),
        (0x17, "500101000000Z", "1950-01-01T00:00:00.000Z"), (0x18, "20500101000000Z", "2050-01-01T00:00:00.000Z"),
        (0x17, "260230000000Z", nil), (0x17, "2602192350Z", nil), (0x17, "260219235030+0000", nil),
        (0x17, "26021923503 Z", nil), (0x18, "20500101000000.5Z", nil), (0x18, "20500101000000", nil),
        (0x17, "26021923503\u{E9}", nil), (0x17, "20500101000000Z", nil), (0x18, "260219235030Z", nil),
        (0x16, "260219235030Z", nil),
    ]

    @Test("A time is to the second and in UTC", arguments: times)
    func time(tag: UInt8, text: String, moment: String?) {
        let content = Array(text.utf8)
        var reader = DERReader([tag, UInt8(content.count)] + content)
        #expect((try? reader.time("test"))?.iso8601 == moment)
    }

    static let identifiers: [(bytes: String, text: String?)] = [
        ("550413", "2.5.4.19"), ("2b060104019c780104", "1.3.6.1.4.1.3704.1.4"),
        ("2a864886f70d01010a", "1.2.840.113549.1.1.10"), ("", nil), ("5580", nil), ("558001", nil),
        ("558181818101", nil), ("55048f", nil),
    ]

    @Test("An object identifier has whole arcs in their shortest form", arguments: identifiers)
    func identifier(bytes: String, text: String?) {
        #expect(OID(content: hex(bytes))?.description == text)
    }

    @Test("An object identifier is the same by its arcs and by its bytes")
    func arcs() {
        #expect(OID(1, 2, 840, 113549, 1, 1, 10).content == hex("2a864886f70d01010a"))
        #expect(OID(1, 3, 132, 0, 34).content == hex("2b81040022"))
    }

    static let extensions: [(bytes: String, count: Int?)] = [
        ("300a 3008 0603551d13 0401 00", 1), ("300d 300b 0603551d13 0101ff 0401 00", 1),
        ("300d 300b 0603551d13 010100 0401 00", nil), ("300d 300b 0603551d13 010101 0401 00", nil),
        ("3014 3008 0603551d13 0401 00 3008 0603551d13 0401 00", nil), ("3000", nil),
        ("300b 3009 0603551d13 0401 00 00", nil),
    ]

    @Test("An extension stands once, and is critical only in so many words", arguments: extensions)
    func list(bytes: String, count: Int?) {
        var reader = DERReader(hex(bytes))
        #expect((try? X509Extension.list(&reader, "test"))?.count == count)
    }

    @Test("There are no more extensions than anybody needs")
    func manyExtensions() {
        func list(_ count: Int) -> [UInt8] {
            let items = (0..<count).flatMap { hex("3007 0603551d") + [UInt8($0)] + hex("0400") }
            return [0x30, 0x82, UInt8(items.count >> 8), UInt8(items.count & 0xFF)] + items
        }
        var most = DERReader(list(X509Extension.maximumCount))
        #expect((try? X509Extension.list(&most, "test"))?.count == X509Extension.maximumCount)
        var more = DERReader(list(X509Extension.maximumCount + 1))
        #expect((try? X509Extension.list(&more, "test")) == nil)
    }
}
