import Foundation
import Primitives
import Testing

@testable import HTTPServer

/// Puts headers together as a load balancer does.
enum ProxyBytes {
    static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]
    /// From 192.0.2.7, port 40000, to 198.51.100.1, port 443.
    static let ipv4: [UInt8] = [192, 0, 2, 7, 198, 51, 100, 1, 0x9C, 0x40, 0x01, 0xBB]
    /// From 2001:db8::7, port 40000, to ::1, port 443.
    static let ipv6: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8] + zeros(11) + [7] + zeros(15) + [1, 0x9C, 0x40, 0x01, 0xBB]

    static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    static func header(
        command: UInt8 = 0x21, family: UInt8 = 0x11, _ rest: [UInt8], length: Int? = nil
    ) -> [UInt8] {
        let length = length ?? rest.count
        return signature + [command, family, UInt8(length >> 8), UInt8(length & 0xFF)] + rest
    }

    static func field(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        [type, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
    }

    /// With a checksum field at the end, right unless `damage` is set.
    static func withChecksum(_ rest: [UInt8], damage: UInt8 = 0) -> [UInt8] {
        var bytes = header(rest + field(3, zeros(4)))
        var sum = CRC32C()
        for byte in bytes { sum.update(byte) }
        let value = sum.value
        bytes.removeLast(4)
        return bytes + [
            UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF) ^ damage,
        ]
    }
}

@Suite("A PROXY protocol header")
struct ProxyHeaderTests {
    private static let client = PeerAddress(.v4(0xC000_0207), port: 40_000)
    private static let noops = ProxyBytes.field(4, [1, 2, 3]) + ProxyBytes.field(0xEA, []) + ProxyBytes.field(4, [])

    static let good: [(name: String, bytes: [UInt8], origin: ProxyHeader.Origin)] = [
        ("TCP over IPv4", ProxyBytes.header(ProxyBytes.ipv4), .client(client)),
        (
            "TCP over IPv6", ProxyBytes.header(family: 0x21, ProxyBytes.ipv6),
            .client(PeerAddress(.v6(0x2001_0DB8 << 96 | 7), port: 40_000))
        ),
        (
            "IPv4 written as IPv6",
            ProxyBytes.header(
                family: 0x21, ProxyBytes.zeros(10) + [0xFF, 0xFF, 192, 0, 2, 7] + ProxyBytes.ipv6[16...]),
            .client(client)
        ),
        ("fields that nobody needs", ProxyBytes.header(ProxyBytes.ipv4 + noops), .client(client)),
        ("a checksum", ProxyBytes.withChecksum(ProxyBytes.ipv4), .client(client)),
        ("a checksum behind fields", ProxyBytes.withChecksum(ProxyBytes.ipv4 + noops), .client(client)),
        (
            "as long as it may be",
            ProxyBytes.header(ProxyBytes.ipv4 + ProxyBytes.field(4, ProxyBytes.zeros(2_048 - 12 - 3))),
            .client(client)
        ),
        ("a health check", ProxyBytes.header(command: 0x20, family: 0, []), .balancer),
        ("a health check that names addresses", ProxyBytes.header(command: 0x20, ProxyBytes.ipv4), .balancer),
        ("a health check with a block of any form", ProxyBytes.header(command: 0x20, family: 0, [1, 2]), .balancer),
    ]

    @Test("tells whose the connection is, whatever follows", arguments: good)
    func origin(_ example: (name: String, bytes: [UInt8], origin: ProxyHeader.Origin)) throws {
        for behind in ["", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\u{16}\u{03}\u{01}"] {
            let bytes = example.bytes + Array(behind.utf8)
            #expect(try ProxyHeader(bytes)?.origin == example.origin)
            #expect(try ProxyHeader.byteCount(startingWith: bytes) == example.bytes.count)
        }
    }

    @Test("is waited for while it is cut, at every length, and never for longer than itself", arguments: good)
    func truncated(_ example: (name: String, bytes: [UInt8], origin: ProxyHeader.Origin)) throws {
        for count in example.bytes.indices {
            let cut = Array(example.bytes[..<count])
            #expect(try ProxyHeader(cut) == nil, "\(count) bytes")
            let wanted = try ProxyHeader.byteCount(startingWith: cut)
            #expect(wanted == (count < 16 ? 16 : example.bytes.count), "\(count) bytes")
        }
    }

    static let bad: [(name: String, bytes: [UInt8], fault: ProxyFault)] = [
        ("version 1", Array("PROXY TCP4 192.0.2.7 198.51.100.1 40000 443\r\n".utf8), .signature),
        ("HTTP", Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), .signature),
        ("TLS", [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3], .signature),
        ("empty lines", Array("\r\n\r\n\r\n".utf8), .signature),
        ("version 1 in the second form", ProxyBytes.header(command: 0x11, ProxyBytes.ipv4), .version),
        ("version 3", ProxyBytes.header(command: 0x31, ProxyBytes.ipv4), .version),
        ("version 0", ProxyBytes.header(command: 0x01, ProxyBytes.ipv4), .version),
        ("command 2", ProxyBytes.header(command: 0x22, ProxyBytes.ipv4), .command),
        ("command 15", ProxyBytes.header(command: 0x2F, ProxyBytes.ipv4), .command),
        ("no family", ProxyBytes.header(family: 0x00, ProxyBytes.ipv4), .family),
        ("UDP over IPv4", ProxyBytes.header(family: 0x12, ProxyBytes.ipv4), .family),
        ("UDP over IPv6", ProxyBytes.header(family: 0x22, ProxyBytes.ipv6), .family),
        ("a Unix stream", ProxyBytes.header(family: 0x31, ProxyBytes.zeros(216)), .family),
        ("IPv4 of no transport", ProxyBytes.header(family: 0x10, ProxyBytes.ipv4), .family),
        ("an unknown family", ProxyBytes.header(family: 0x41, ProxyBytes.ipv4), .family),
        ("a health check of an unknown family", ProxyBytes.header(command: 0x20, family: 0x40, []), .family),
        ("a health check of an unknown transport", ProxyBytes.header(command: 0x20, family: 0x03, []), .family),
        ("no addresses", ProxyBytes.header([]), .length),
        ("a byte too few for IPv4", ProxyBytes.header(Array(ProxyBytes.ipv4.dropLast())), .length),
        ("IPv4 addresses as IPv6", ProxyBytes.header(family: 0x21, ProxyBytes.ipv4), .length),
        ("a byte too few for IPv6", ProxyBytes.header(family: 0x21, Array(ProxyBytes.ipv6.dropLast())), .length),
        ("a length below the addresses", ProxyBytes.header(ProxyBytes.ipv4, length: 11), .length),
        ("one byte of a field", ProxyBytes.header(ProxyBytes.ipv4 + [4]), .length),
        ("two bytes of a field", ProxyBytes.header(ProxyBytes.ipv4 + [4, 0]), .length),
        ("a field longer than the rest", ProxyBytes.header(ProxyBytes.ipv4 + [4, 0, 2, 0]), .length),
        ("a field of the greatest length", ProxyBytes.header(ProxyBytes.ipv4 + [4, 0xFF, 0xFF, 0]), .length),
        (
            "a byte too long",
            ProxyBytes.header(ProxyBytes.ipv4 + ProxyBytes.field(4, ProxyBytes.zeros(2_049 - 12 - 3))), .tooLong
        ),
        ("the greatest length", ProxyBytes.header(ProxyBytes.ipv4, length: 0xFFFF), .tooLong),
        ("a health check too long", ProxyBytes.header(command: 0x20, family: 0, [], length: 2_049), .tooLong),
        ("a wrong checksum", ProxyBytes.withChecksum(ProxyBytes.ipv4, damage: 1), .checksum),
        ("a checksum of zeros", ProxyBytes.header(ProxyBytes.ipv4 + ProxyBytes.field(3, [0, 0, 0, 0])), .checksum),
        ("a checksum of 3 bytes", ProxyBytes.header(ProxyBytes.ipv4 + ProxyBytes.field(3, [0, 0, 0])), .checksum),
        (
            "a checksum of 5 bytes", ProxyBytes.header(ProxyBytes.ipv4 + ProxyBytes.field(3, [0, 0, 0, 0, 0])),
            .checksum
        ),
        (
            "two checksums", ProxyBytes.withChecksum(ProxyBytes.ipv4 + ProxyBytes.field(3, [0, 0, 0, 0])), .checksum
        ),
    ]

    @Test("that says anything else is refused", arguments: bad)
    func refused(_ example: (name: String, bytes: [UInt8], fault: ProxyFault)) {
        #expect(throws: example.fault) { try ProxyHeader(example.bytes) }
    }

    @Test("is refused by the first byte that cannot belong to it, without waiting for more")
    func earliest() {
        for position in 0..<14 {
            var bytes = Array(ProxyBytes.header(ProxyBytes.ipv4)[...position])
            bytes[position] ^= 0xF0
            #expect(throws: ProxyFault.self, "byte \(position)") { try ProxyHeader.byteCount(startingWith: bytes) }
        }
    }

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fuzz/ProxyHeader/corpus")

    @Test("of the fuzz corpus breaks no invariant, and reads as its name says")
    func corpus() throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 15)
        for file in files {
            let bytes = try Array(Data(contentsOf: file))
            let name = file.lastPathComponent
            #expect(ProxyInvariants.violation(bytes) == nil, "\(name)")
            if name.hasPrefix("bad-") {
                #expect(throws: ProxyFault.self, "\(name)") { try ProxyHeader(bytes) }
            } else {
                #expect(try (ProxyHeader(bytes) == nil) == name.hasPrefix("cut-"), "\(name)")
            }
        }
    }

    @Test("breaks no invariant in any mutation: in pieces it reads as in one, and never asks for more than its bound")
    func mutations() {
        let random = SeededRandom(seed: 7)
        func below(_ limit: Int) -> Int {
            Int(random.bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } % UInt32(limit))
        }
        let seeds = Self.good.map(\.bytes) + Self.bad.map(\.bytes)
        var accepted = 0
        for round in 0..<4_000 {
            var bytes = seeds[below(seeds.count)] + random.bytes(below(8))
            for _ in 0..<below(4) { bytes[below(bytes.count)] = random.bytes(1)[0] }
            let violation = ProxyInvariants.violation(bytes)
            #expect(violation == nil, "round \(round): \(bytes)")
            if case .some(.some) = try? ProxyHeader(bytes) { accepted += 1 }
        }
        // Mutations that are all refused would prove little.
        #expect(accepted > 400)
    }

    @Test("whose address or port was changed does not fit its checksum, bit by bit")
    func damage() throws {
        let good = ProxyBytes.withChecksum(ProxyBytes.ipv4)
        for position in 16..<good.count where !(28..<31).contains(position) {
            for bit in 0..<8 {
                var bytes = good
                bytes[position] ^= 1 << bit
                #expect(throws: ProxyFault.checksum) { try ProxyHeader(bytes) }
            }
        }
    }
}

@Suite("CRC-32C")
struct CRC32CTests {
    @Test("has the values of RFC 3720 appendix B.4")
    func known() {
        let examples: [(bytes: [UInt8], sum: UInt32)] = [
            ([], 0), (Array("123456789".utf8), 0xE306_9283), (ProxyBytes.zeros(32), 0x8A91_36AA),
            ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
            (Array((0..<32).reversed()), 0x113F_DB5C),
        ]
        for (bytes, sum) in examples {
            var checksum = CRC32C()
            for byte in bytes { checksum.update(byte) }
            #expect(checksum.value == sum)
        }
    }
}
