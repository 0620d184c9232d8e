import Primitives
import Testing

@testable import Cryptography

@Suite("ECDSA on P-384")
struct P384Tests {
    /// RFC 6979 appendix A.2.6, SHA-384, "sample".
    private static let point = hex(
        """
        04 EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13
        8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720
        """)
    private static let r = hex(
        "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46")
    private static let s = hex(
        "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8")
    private static let order = hex(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973")

    @Test("verifies the signature of RFC 6979")
    func vector() throws {
        let key = try #require(P384PublicKey(point: P384Tests.point))
        let message = Array("sample".utf8)[...]
        #expect(key.isValid(r: P384Tests.r, s: P384Tests.s, over: message))
        #expect(!key.isValid(r: P384Tests.s, s: P384Tests.r, over: message))
        #expect(!key.isValid(r: P384Tests.r, s: P384Tests.s, over: Array("test".utf8)[...]))
        #expect(hasNoErrors)
    }

    @Test("refuses scalars of another size, zero, and beyond the order")
    func scalars() throws {
        let key = try #require(P384PublicKey(point: P384Tests.point))
        let message = Array("sample".utf8)[...]
        let zero = [UInt8](repeating: 0, count: 48)
        let candidates: [[UInt8]] = [
            [], [0] + P384Tests.r, Array(P384Tests.r.dropLast()), zero, P384Tests.order,
            [UInt8](repeating: 255, count: 48),
        ]
        for bad in candidates {
            #expect(!key.isValid(r: bad, s: P384Tests.s, over: message))
            #expect(!key.isValid(r: P384Tests.r, s: bad, over: message))
        }
        #expect(hasNoErrors)
    }

    @Test("takes only points of the curve as keys")
    func points() {
        var off = P384Tests.point
        off[96] ^= 1
        let compressed = [2] + Array(P384Tests.point.dropFirst())
        let infinity = [4] + [UInt8](repeating: 0, count: 96)
        let candidates: [[UInt8]] = [[], [0], off, infinity, compressed, P384Tests.point + [0]]
        for bad in candidates {
            #expect(P384PublicKey(point: bad) == nil)
        }
        #expect(hasNoErrors)
    }
}
