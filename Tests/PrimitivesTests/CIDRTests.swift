import Primitives
import Testing

@Suite("Address ranges as the operator writes them")
struct CIDRTests {
    @Test(
        "Good ranges",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.1/32", "192.0.2.1", "192.0.2.0"), ("128.0.0.0/1", "255.0.0.0", "127.255.255.255"),
            ("fd00::/8", "fdff::", "fe00::"), ("::1", "::1", "::2"), ("2001:db8::/127", "2001:db8::1", "2001:db8::2"),
        ])
    func good(text: String, inside: String, outside: String) throws {
        let range = try #require(CIDR(text))
        #expect(range.contains(try #require(IPAddress(inside))))
        #expect(!range.contains(try #require(IPAddress(outside))))
    }

    @Test("A range of everything holds everything of its family and nothing of the other")
    func everything() throws {
        let v4 = try #require(CIDR("0.0.0.0/0"))
        #expect(v4.contains(.v4(0)) && v4.contains(.v4(.max)))
        #expect(!v4.contains(.v6(0)) && !v4.contains(.v6(0xFFFF << 32)))
        let v6 = try #require(CIDR("::/0"))
        #expect(v6.contains(.v6(0)) && v6.contains(.v6(.max)) && !v6.contains(.v4(0)))
    }

    @Test(
        "Bad ranges",
        arguments: [
            "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8/8",
            "10.0.0.0/8 ", " 10.0.0.0/8", "10.0.0.1/8", "10/8", "10.0.0/8", "0x0a.0.0.0/8", "010.0.0.0/8", "fd00::/129",
            "fd00::1/8", "[::1]", "::1%lo", "localhost", "10.0.0.0/99999999999999999999", "10.0.0.0/٨",
        ])
    func bad(text: String) {
        #expect(CIDR(text) == nil)
    }
}
