import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("Recovery of the root secret")
struct RecoveryTests {
    private func split(
        _ threshold: Int, of count: Int, root: Secret? = nil
    ) throws -> (root: Secret, set: RecoverySet, shares: [RecoveryShare]) {
        let root = try root ?? Secret(randomCount: 32)
        let (set, shares) = try RecoverySet.split(root, threshold: threshold, count: count, gateway: "gateway.example")
        return (root, set, shares)
    }

    @Test(
        "Every subset of every k of n gives the root back if it has k shares, and is refused if not", arguments: 1...5)
    func everySubset(count: Int) throws {
        for threshold in 1...count {
            let (root, set, shares) = try split(threshold, of: count)
            for subset in 0..<(1 << count) {
                let chosen = shares.filter { subset >> ($0.index - 1) & 1 == 1 }
                if chosen.count >= threshold {
                    #expect(try set.reassemble(chosen).isEqual(to: root))
                    #expect(try set.reassemble(chosen.reversed()).isEqual(to: root))
                } else {
                    #expect(throws: RecoveryFault.tooFew(have: chosen.count, need: threshold)) {
                        try set.reassemble(chosen)
                    }
                }
            }
        }
    }

    @Test("The largest set works as well")
    func largest() throws {
        let (root, set, shares) = try split(16, of: 16)
        #expect(try set.reassemble(shares.shuffled()).isEqual(to: root))
        #expect(throws: RecoveryFault.tooFew(have: 15, need: 16)) { try set.reassemble(Array(shares.dropLast())) }
    }

    @Test("A share of 2 or more says nothing: it is neither the root nor the same in another split")
    func hiding() throws {
        let (root, _, shares) = try split(2, of: 3)
        let (_, _, others) = try split(2, of: 3, root: root)
        for (share, other) in zip(shares, others) {
            #expect(!share.value.isEqual(to: root))
            #expect(!share.value.isEqual(to: other.value))
        }
    }

    @Test("A share twice is refused by its index")
    func duplicates() throws {
        let (_, set, shares) = try split(3, of: 5)
        #expect(throws: RecoveryFault.duplicate(index: 2)) {
            try set.reassemble([shares[0], shares[1], shares[1], shares[4]])
        }
    }

    @Test("A share of another split of the same root is told apart")
    func mixedSets() throws {
        let (root, set, shares) = try split(2, of: 3)
        let (_, otherSet, others) = try split(2, of: 3, root: root)
        #expect(set.id != otherSet.id)
        #expect(throws: RecoveryFault.otherSet(index: 2)) { try set.reassemble([shares[0], others[1]]) }
        #expect(throws: RecoveryFault.otherSet(index: 1)) { try set.reassemble([shares[2], others[0]]) }
        for (threshold, count) in [(3, 3), (2, 4)] {
            let first = shares[0]
            let claim = RecoveryShare(
                setID: first.setID, index: 1, threshold: threshold, count: count, value: first.value)
            #expect(throws: RecoveryFault.otherSet(index: 1)) { try set.reassemble([claim, shares[1]]) }
        }
    }

    @Test("A share with one bit changed, or at another's index, is named before anything is put together")
    func altered() throws {
        let (_, set, shares) = try split(2, of: 3)
        for bit in 0..<256 {
            var bytes = shares[1].value.withBytes { Array($0) }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let forged = RecoveryShare(
                setID: set.id, index: 2, threshold: 2, count: 3, value: try Secret(copying: bytes))
            #expect(!set.isGenuine(forged))
            #expect(throws: RecoveryFault.altered(index: 2)) { try set.reassemble([shares[0], forged]) }
            // Also where there would be enough good ones without it.
            #expect(throws: RecoveryFault.altered(index: 2)) { try set.reassemble([shares[0], shares[2], forged]) }
        }
        let moved = RecoveryShare(setID: set.id, index: 3, threshold: 2, count: 3, value: shares[1].value)
        #expect(throws: RecoveryFault.altered(index: 3)) { try set.reassemble([shares[0], moved]) }
    }

    @Test("A root that does not fit its commitment is not given out, even if every share is as committed")
    func wrongRoot() throws {
        let (_, set, shares) = try split(2, of: 2)
        let forged = try RecoverySet(
            gateway: set.gateway, threshold: 2, shareCommitments: set.shareCommitments,
            rootCommitment: [UInt8](repeating: 7, count: 32))
        let moved = shares.map {
            RecoveryShare(setID: forged.id, index: $0.index, threshold: 2, count: 2, value: $0.value)
        }
        #expect(throws: RecoveryFault.wrongRoot) { try forged.reassemble(moved) }
        #expect(try !set.isRoot(Secret(randomCount: 32)))
        #expect(try !set.isRoot(Secret(randomCount: 31)))
    }

    @Test("The id covers every part of the set")
    func identity() throws {
        let (_, set, _) = try split(2, of: 3)
        func id(
            gateway: String? = nil, threshold: Int? = nil, commitments: [[UInt8]]? = nil, root: [UInt8]? = nil
        ) throws -> [UInt8] {
            try RecoverySet(
                gateway: gateway ?? set.gateway, threshold: threshold ?? 2,
                shareCommitments: commitments ?? set.shareCommitments, rootCommitment: root ?? set.rootCommitment
            ).id
        }
        #expect(try id() == set.id)
        #expect(try id(gateway: "other") != set.id)
        #expect(try id(threshold: 3) != set.id)
        #expect(try id(commitments: set.shareCommitments.reversed()) != set.id)
        #expect(try id(commitments: set.shareCommitments.dropLast()) != set.id)
        #expect(try id(root: set.shareCommitments[0]) != set.id)
    }

    @Test("Parameters are bounded: at the limit a split is made, beyond it is not", arguments: parameters)
    func limits(threshold: Int, count: Int, bytes: Int, name: Int, isGood: Bool) throws {
        let root = try Secret(randomCount: bytes)
        let gateway = String(repeating: "g", count: name)
        if isGood {
            let made = try RecoverySet.split(root, threshold: threshold, count: count, gateway: gateway)
            #expect(try made.set.reassemble(made.shares).isEqual(to: root))
        } else {
            #expect(throws: RecoveryFault.badParameters) {
                try RecoverySet.split(root, threshold: threshold, count: count, gateway: gateway)
            }
        }
    }

    @Test("A share prints its place and not its value")
    func silence() throws {
        let share = try split(2, of: 3).shares[0]
        #expect("\(share)" == "[recovery share 1 of 3, 2 needed]")
        #expect(Mirror(reflecting: share).children.isEmpty)
    }

    @Test("A set is read as it was written; a changed one is refused")
    func document() throws {
        let (_, set, _) = try split(2, of: 3)
        #expect(try RecoverySet(json: JSON(parsing: set.json.bytes)) == set)
        let text = set.json.text
        let changes = [
            ("\"version\":1", "\"version\":2"), ("gateway.example", "gateway.exbmple"),
            ("\"threshold\":2", "\"threshold\":1"), ("\"threshold\":2", "\"threshold\":4"),
            ("\"count\":3", "\"count\":4"), (Hex.encode(set.rootCommitment), String(repeating: "00", count: 32)),
            (Hex.encode(set.rootCommitment), "00"), (Hex.encode(set.id), Hex.encode(set.id).uppercased() + "0"),
            (Hex.encode(set.shareCommitments[2]), Hex.encode(set.shareCommitments[1])), ("[", "[1,"),
        ]
        for (from, to) in changes {
            let changed = try JSON(parsing: text.replacing(from, with: to))
            #expect(throws: RecoveryFault.self, "\(from) to \(to)") { try RecoverySet(json: changed) }
        }
    }

    private static let parameters: [(Int, Int, Int, Int, Bool)] = [
        (1, 1, 32, 1, true), (16, 16, 32, 128, true), (1, 16, 32, 1, true),
        (0, 1, 32, 1, false), (2, 1, 32, 1, false), (1, 17, 32, 1, false), (17, 17, 32, 1, false),
        (1, 0, 32, 1, false), (1, 1, 31, 1, false), (1, 1, 33, 1, false), (1, 1, 32, 0, false),
        (1, 1, 32, 129, false), (-1, 1, 32, 1, false),
    ]
}
