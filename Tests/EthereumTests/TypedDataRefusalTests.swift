import Primitives
import Testing

@testable import Ethereum

@Suite("Typed data that is refused")
struct TypedDataRefusalTests {
    @Test("Values of every type at the edge of their range, and just beyond", arguments: edges)
    func values(type: String, taken: [JSON], refused: [JSON]) throws {
        for value in taken {
            #expect(throws: Never.self, "\(type) \(value)") { try single(type, value) }
        }
        for value in refused {
            #expect(throws: TypedDataError(reason: .badValue, path: "message.v"), "\(type) \(value)") {
                try single(type, value)
            }
        }
    }

    @Test("Numbers hash the same however they are written")
    func spellings() throws {
        let digest = try single("uint256", 255).digest
        for same: JSON in ["255", "0xff", "0xFF", "0x0ff", "0x00ff"] {
            #expect(try single("uint256", same).digest == digest)
        }
        #expect(try single("int16", "-1").digest == single("int16", -1).digest)
        #expect(
            try single("uint128", .number("18446744073709551616")).digest
                == single("uint128", "0x10000000000000000").digest)
    }

    @Test(
        "Types that the standard does not know",
        arguments: [
            "uint", "int", "uint0", "uint7", "uint264", "uint08", "uint2560", "int12", "bytes0", "bytes33", "bytes01",
            "byte", "Missing", "", "uint256[", "uint256]", "uint256[]]", "uint256[0]", "uint256[-1]", "uint256[01]",
            "uint256[ 1]", "[]", "uint256 ", " uint256", "uint256[1x]", "string()", "Bool", "function", "uint256[][x]",
        ])
    func unknownTypes(type: String) {
        #expect(throws: TypedDataError(reason: .unknownType, path: "types.One.v")) { try single(type, 1) }
    }

    @Test("Structs and members need good, distinct names of their own")
    func names() {
        let field = TypedData.Field("v", "uint256")
        for name in ["", "1x", "a b", "a(", "uint256", "bytes", "EIP712Domain", "é"] {
            #expect(throws: TypedDataError(reason: .badName, path: "types.\(name)")) {
                try TypedData(
                    types: [TypedData.Structure(name, [field])], primaryType: name, domain: ["name": "x"],
                    message: ["v": 1])
            }
        }
        for fields in [[field, field], [TypedData.Field("v)", "bool")], [TypedData.Field("", "bool")]] {
            #expect(throws: TypedDataError(reason: .badName, path: "types.One.\(fields[0].name)")) {
                try TypedData(
                    types: [TypedData.Structure("One", fields)], primaryType: "One", domain: ["name": "x"],
                    message: ["v": 1])
            }
        }
        let one = TypedData.Structure("One", [field])
        #expect(throws: TypedDataError(reason: .badName, path: "types.One")) {
            try TypedData(types: [one, one], primaryType: "One", domain: ["name": "x"], message: ["v": 1])
        }
    }

    @Test("The message has exactly the members of its type")
    func members() {
        let one = TypedData.Structure("One", [TypedData.Field("v", "uint256")])
        let cases: [(JSON, TypedDataError.Reason, String)] = [
            (.object([]), .missingMember, "message.v"), (["v": nil], .badValue, "message.v"),
            (["v": 1, "w": 2], .unknownMember, "message.w"), ([1], .badValue, "message"), (nil, .badValue, "message"),
        ]
        for (message, reason, path) in cases {
            #expect(throws: TypedDataError(reason: reason, path: path)) {
                try TypedData(types: [one], primaryType: "One", domain: ["name": "x"], message: message)
            }
        }
        #expect(throws: TypedDataError(reason: .unknownType, path: "message")) {
            try TypedData(types: [one], primaryType: "Two", domain: ["name": "x"], message: ["v": 1])
        }
    }

    @Test("The domain has members of the standard only, and at least one")
    func domains() throws {
        let one = TypedData.Structure("One", [])
        let cases: [(JSON, TypedDataError.Reason, String)] = [
            (.object([]), .badDomain, "domain"), (nil, .badDomain, "domain"), (["url": "x"], .badDomain, "domain"),
            (["name": "x", "url": "x"], .unknownMember, "domain.url"), (["name": 1], .badValue, "domain.name"),
            (["chainId": -1], .badValue, "domain.chainId"), (["salt": "0x00"], .badValue, "domain.salt"),
            (["verifyingContract": "0x00"], .badValue, "domain.verifyingContract"),
        ]
        for (domain, reason, path) in cases {
            #expect(throws: TypedDataError(reason: reason, path: path)) {
                try TypedData(types: [one], primaryType: "One", domain: domain, message: .object([]))
            }
        }
    }

    @Test("Documents of another shape are refused")
    func documents() throws {
        let good = try single("uint256", 1).json
        #expect(try TypedData(json: good).digest == single("uint256", 1).digest)
        let members = try #require(good.members)
        for index in members.indices {
            var fewer = members
            fewer.remove(at: index)
            #expect(throws: TypedDataError.self) { try TypedData(json: .object(fewer)) }
        }
        #expect(throws: TypedDataError.self) { try TypedData(json: .object(members + [JSON.Member("x", 1)])) }
        let domainTypes: [JSON] = [
            [["name": "name", "type": "bytes"]], [["name": "version", "type": "string"]], [],
            [["name": "name", "type": "string"], ["name": "version", "type": "string"]], "x",
            [["name": "name", "type": "string", "more": 1]], [["name": 1, "type": "string"]],
        ]
        for domainType in domainTypes {
            let types: JSON = ["EIP712Domain": domainType, "One": [["name": "v", "type": "uint256"]]]
            let document = members.map { $0.name == "types" ? JSON.Member("types", types) : $0 }
            #expect(throws: TypedDataError.self) { try TypedData(json: .object(document)) }
        }
        for other: JSON in [nil, 1, [], "x"] {
            #expect(throws: TypedDataError(reason: .malformed, path: "")) { try TypedData(json: other) }
        }
    }

    @Test("Nesting, structs and members have limits: at, and one above")
    func limits() throws {
        let node = TypedData.Structure("Node", [TypedData.Field("next", "Node[]")])
        // Each level is a struct and an array: the innermost empty array stands at depth 2 * levels - 1.
        for (levels, fits) in [(1, true), (16, true), (17, false)] {
            var message: JSON = ["next": []]
            for _ in 1..<levels { message = ["next": [message]] }
            if fits {
                #expect(throws: Never.self) { try document([node], "Node", message) }
            } else {
                #expect(throws: TypedDataError.self) { try document([node], "Node", message) }
            }
        }
        for (count, fits) in [(64, true), (65, false)] {
            let structures = (0..<count).map { TypedData.Structure("S\($0)", []) }
            #expect(((try? document(structures, "S0", .object([]))) != nil) == fits, "\(count)")
            let fields = (0..<count).map { TypedData.Field("f\($0)", "bool") }
            let message = JSON.object(fields.map { JSON.Member($0.name, true) })
            #expect(((try? document([TypedData.Structure("S", fields)], "S", message)) != nil) == fits, "\(count)")
        }
        for (count, fits) in [(31, true), (32, true), (33, false), (100_000, false)] {
            let type = "bool" + String(repeating: "[]", count: count)
            #expect(((try? single(type, [])) != nil) == fits, "\(count)")
        }
    }

    private func single(_ type: String, _ value: JSON) throws -> TypedData {
        try document([TypedData.Structure("One", [TypedData.Field("v", type)])], "One", ["v": value])
    }

    private func document(_ types: [TypedData.Structure], _ primary: String, _ message: JSON) throws -> TypedData {
        try TypedData(types: types, primaryType: primary, domain: ["name": "x"], message: message)
    }

    private static let edges: [(String, [JSON], [JSON])] = [
        (
            "uint8", [0, 255, "255", "0xff"],
            [-1, 256, "256", "0x100", true, nil, [1], "", "0x", "01", "+1", " 1", "1.0"]
        ),
        ("uint16", [65_535], [65_536]),
        (
            "uint256",
            [
                .number("115792089237316195423570985008687907853269984665640564039457584007913129639935"),
                .string("0x" + String(repeating: "f", count: 64)),
            ],
            [
                .number("115792089237316195423570985008687907853269984665640564039457584007913129639936"),
                .string("0x1" + String(repeating: "0", count: 64)), .number("1e3"), .number("1.5"), .number("-0"),
                "0x0x1", "0xg", "1_000", "\u{0661}",
            ]
        ),
        ("int8", [-128, 127, "-128", "0x7f"], [-129, 128, "0x80", "-0", "--1", "-"]),
        (
            "int256",
            [
                .number("-57896044618658097711785492504343953926634992332820282019728792003956564819968"),
                .number("57896044618658097711785492504343953926634992332820282019728792003956564819967"),
            ],
            [
                .number("-57896044618658097711785492504343953926634992332820282019728792003956564819969"),
                .number("57896044618658097711785492504343953926634992332820282019728792003956564819968"),
            ]
        ),
        ("bool", [true, false], [0, 1, "true", nil]),
        ("string", ["", "x"], [1, nil, ["x"], true]),
        ("bytes", ["0x", "0x00", "0xABcd"], ["", "00", "0x0", "0xzz", 1, nil]),
        ("bytes4", ["0x01020304"], ["0x010203", "0x0102030405", "01020304", "0x", 1]),
        (
            "address", ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"],
            [
                "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae", 1,
                "vitalik.eth",
            ]
        ),
        ("bool[2]", [[true, false]], [[true], [true, false, true], [], true, .object([])]),
        ("bool[]", [[], [true]], [true, "", nil]),
    ]
}
