import HTTPTypes
import Testing

@Suite("Header fields and URI parts")
struct FieldsTests {
    @Test("Names compare without regard to case, order is kept")
    func names() {
        var fields: HTTPFields = ["Accept": "a", "accept": "b"]
        #expect(fields["ACCEPT"] == "a")
        #expect(fields.values(of: "Accept") == ["a", "b"])
        fields.set("accept", "c")
        #expect(fields.all.map(\.value) == ["c"])
        #expect(fields["accept-x"] == nil)
        #expect(!HTTPFields.same("@", "`"), "only letters fold")
    }

    @Test(
        "Segments decode once, strictly",
        arguments: [
            ("plain", "plain"), ("a%20b", "a b"), ("%2F", "/"), ("%252F", "%2F"), ("caf%C3%A9", "café"), ("+", "+"),
        ])
    func segments(raw: String, decoded: String) {
        #expect(PercentEncoding.decode(segment: raw) == decoded)
        #expect(PercentEncoding.decode(segment: PercentEncoding.encode(decoded)) == decoded)
    }

    @Test("Broken escapes are refused", arguments: ["%", "%2", "%zz", "%FF", "%00", "%0a", "%7f", "a\u{1}"])
    func broken(raw: String) {
        #expect(PercentEncoding.decode(segment: raw) == nil)
    }

    @Test("Queries split into pairs")
    func query() throws {
        let pairs = try #require(PercentEncoding.pairs(ofQuery: "a=1&b=x+y%2B&c&&d=e=f"))
        #expect(pairs.map(\.name) == ["a", "b", "c", "d"])
        #expect(pairs.map(\.value) == ["1", "x y+", "", "e=f"])
        #expect(PercentEncoding.pairs(ofQuery: "a=%") == nil)
    }
}
