import Foundation
import Testing

@testable import Cryptography

@Suite("Secret memory")
struct SecretTests {
    @Test("A secret gives back its bytes and says nothing else")
    func secrecy() throws {
        let secret = try Secret(copying: Array("sk-ant-test".utf8))
        #expect(secret.withBytes { Array($0) } == Array("sk-ant-test".utf8))
        #expect("\(secret)" == "[secret]")
        #expect(String(reflecting: secret) == "[secret]")
        #expect(Mirror(reflecting: secret).children.isEmpty)
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.contains("sk-ant"))
        #expect(!dumped.contains("slot"))
    }

    @Test("A secret has none of the conformances by which bytes leak")
    func conformances() throws {
        let secret: Any = try Secret(copying: [1, 2, 3])
        #expect(!(secret is any Equatable))
        #expect(!(secret is any Hashable))
        #expect(!(secret is any Encodable))
        #expect(!(secret is any Decodable))
    }

    @Test("Comparison looks at every byte and at the length")
    func comparison() throws {
        let bytes = [UInt8](repeating: 7, count: 32)
        let secret = try Secret(copying: bytes)
        #expect(secret.isEqual(to: try Secret(copying: bytes)))
        #expect(!secret.isEqual(to: try Secret(copying: bytes + [0])))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 0x80
            #expect(!secret.isEqual(to: try Secret(copying: other)))
        }
        #expect(try Secret(copying: []).isEqual(to: Secret(copying: [])))
    }

    @Test("Random secrets differ and are not zero")
    func randomness() throws {
        let first = try Secret(randomCount: 32)
        #expect(!first.isEqual(to: try Secret(randomCount: 32)))
        #expect(!first.isEqual(to: try Secret(count: 32) { _ in }))
    }

    @Test("Exactly a slot fits, one byte more does not")
    func slotLimit() throws {
        let region = try GuardedRegion(slots: 1, slotBytes: 64)
        for count in [63, 64] {
            #expect(try Secret(count: count, in: region) { _ in }.count == count)
        }
        #expect(throws: SecretError.tooLong(limit: 64)) { try Secret(count: 65, in: region) { _ in } }
    }

    @Test("The last slot can be had, the next cannot, and a freed one can again")
    func exhaustion() throws {
        let region = try GuardedRegion(slots: 3, slotBytes: 16)
        var held = try (0..<3).map { _ in try Secret(count: 16, in: region) { _ in } }
        #expect(region.used == 3)
        #expect(throws: SecretError.exhausted) { try Secret(count: 1, in: region) { _ in } }
        held.removeLast()
        #expect(region.used == 2)
        held.append(try Secret(count: 16, in: region) { _ in })
        #expect(throws: SecretError.exhausted) { try Secret(count: 1, in: region) { _ in } }
    }

    @Test("A released slot is zero when it is taken again, and was zeroed on release")
    func zeroing() throws {
        let region = try GuardedRegion(slots: 1, slotBytes: 64)
        var secret: Secret? = try Secret(copyingInto: region, [UInt8](repeating: 0xAA, count: 64))
        let start = try #require(secret?.withBytes { $0.baseAddress })
        secret = nil
        // The region still maps the slot: its bytes may be looked at without taking it.
        #expect(UnsafeRawBufferPointer(start: start, count: 64).allSatisfy { $0 == 0 })
        let next = try Secret(count: 64, in: region) { bytes in #expect(bytes.allSatisfy { $0 == 0 }) }
        #expect(next.count == 64)
    }

    @Test("Slots do not overlap")
    func separation() throws {
        let region = try GuardedRegion(slots: 8, slotBytes: 48)
        let secrets = try (0..<8).map { number in
            try Secret(copyingInto: region, [UInt8](repeating: UInt8(number), count: 48))
        }
        for (number, secret) in secrets.enumerated() {
            #expect(secret.withBytes { $0.allSatisfy { $0 == UInt8(number) } })
        }
    }

    @Test("The arena is locked, kept out of dumps and of children, and fenced on both sides")
    func kernelView() throws {
        let region = try GuardedRegion(slots: 4, slotBytes: 512)
        let secret = try Secret(copyingInto: region, [1])
        let maps = try withExtendedLifetime(secret) { try MemoryMap.ofThisProcess() }
        let address = secret.withBytes { UInt(bitPattern: $0.baseAddress) }
        let index = try #require(maps.firstIndex { $0.range.contains(address) })
        let (before, arena, after) = (maps[index - 1], maps[index], maps[index + 1])
        for flag: Substring in ["lo", "dd", "dc"] {
            #expect(arena.flags.contains(flag), "VmFlags \(arena.flags)")
        }
        #expect(arena.permissions == "rw-p")
        #expect(before.permissions == "---p")
        #expect(after.permissions == "---p")
        #expect(before.range.upperBound == arena.range.lowerBound)
        #expect(after.range.lowerBound == arena.range.upperBound)
    }

    @Test("Touching the page before or after the arena ends the process; the last byte inside is ours")
    func guardPages() async {
        await #expect(processExitsWith: .success) { try touch(slotOfEight: 8 * 512 - 1) }
        await #expect(processExitsWith: .failure) { try touch(slotOfEight: 8 * 512) }
        await #expect(processExitsWith: .failure) { try touch(slotOfEight: -1) }
    }

    @Test("Many tasks take and give back at once, and none is lost")
    func concurrency() async throws {
        let region = try GuardedRegion(slots: 64, slotBytes: 64)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<2_000 {
                        let mark = UInt8(truncatingIfNeeded: task &* 31 &+ round)
                        let secret = try Secret(copyingInto: region, [UInt8](repeating: mark, count: 64))
                        guard secret.withBytes({ $0.allSatisfy { $0 == mark } }) else { throw SecretError.exhausted }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(region.used == 0)
    }
}

extension Secret {
    convenience init(copyingInto region: GuardedRegion, _ bytes: [UInt8]) throws(SecretError) {
        try self.init(count: bytes.count, in: region) { $0.copyBytes(from: bytes) }
    }
}

/// Writes one byte at `offset` from the start of an arena of eight slots of 512 bytes, one page.
private func touch(slotOfEight offset: Int) throws {
    let region = try GuardedRegion(slots: 8, slotBytes: 512)
    let secret = try Secret(copyingInto: region, [1])
    withExtendedLifetime(secret) {
        let start = secret.withBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress) }
        start?.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
    }
}
