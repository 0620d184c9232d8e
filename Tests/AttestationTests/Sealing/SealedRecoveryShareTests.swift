import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("Sealed recovery shares")
struct SealedRecoveryShareTests {
    private struct Ceremony {
        let root: Secret
        let keys: [X25519PrivateKey]
        let set: RecoverySet
        let shares: [RecoveryShare]
        let sealed: [SealedRecoveryShare]

        init(gateway: String = "gateway.example") throws {
            root = try Secret(randomCount: 32)
            keys = try (0..<3).map { _ in try X25519PrivateKey.generate() }
            let made = try RecoverySet.split(root, threshold: 2, count: 3, gateway: gateway)
            set = made.set
            shares = made.shares
            sealed = try zip(made.shares, keys).map {
                try SealedRecoveryShare(sealing: $0, of: made.set, to: $1.publicKey)
            }
        }
    }

    @Test("Custodians open their shares, write them down, read them, and the root is there again")
    func journey() throws {
        let ceremony = try Ceremony()
        let lines = try [0, 2].map { index in
            let stored = try SealedRecoveryShare(json: JSON(parsing: ceremony.sealed[index].json.bytes))
            #expect(stored.recipient == ceremony.keys[index].publicKey.thumbprint)
            return try stored.opened(with: ceremony.keys[index]).text()
        }
        let root = try ceremony.set.reassemble(lines.map { try RecoveryShare(text: $0) })
        #expect(root.isEqual(to: ceremony.root))
    }

    @Test("Nobody opens another's share")
    func otherKeys() throws {
        let ceremony = try Ceremony()
        for (index, sealed) in ceremony.sealed.enumerated() {
            for (other, key) in ceremony.keys.enumerated() where other != index {
                #expect(throws: RecoveryFault.notOpened(index: index + 1)) { try sealed.opened(with: key) }
            }
        }
    }

    @Test("A share presented at another index, or for another set or gateway, does not open")
    func moved() throws {
        let ceremony = try Ceremony()
        let other = try Ceremony(gateway: "other.example")
        let json = ceremony.sealed[0].json
        let moves: [(String, JSON, Int)] = [
            ("index", 2, 2), ("set", other.set.json, 1),
            (
                "set",
                try RecoverySet(
                    gateway: ceremony.set.gateway, threshold: 3, shareCommitments: ceremony.set.shareCommitments,
                    rootCommitment: ceremony.set.rootCommitment
                ).json, 1
            ),
        ]
        for (name, value, index) in moves {
            let moved = try SealedRecoveryShare(json: json.with(name, value))
            #expect(throws: RecoveryFault.notOpened(index: index)) { try moved.opened(with: ceremony.keys[0]) }
        }
        #expect(throws: RecoveryFault.otherSet(index: 1)) {
            try SealedRecoveryShare(sealing: other.shares[0], of: ceremony.set, to: ceremony.keys[0].publicKey)
        }
    }

    @Test("What a forger sealed to the right key, under the right labels, is told from the true share")
    func forged() throws {
        let ceremony = try Ceremony()
        let forged = RecoveryShare(
            setID: ceremony.set.id, index: 1, threshold: 2, count: 3, value: try Secret(randomCount: 32))
        let sealed = try SealedRecoveryShare(sealing: forged, of: ceremony.set, to: ceremony.keys[0].publicKey)
        #expect(throws: RecoveryFault.altered(index: 1)) { try sealed.opened(with: ceremony.keys[0]) }
    }

    @Test("A recovery key that everybody can open is refused")
    func weakKey() throws {
        let ceremony = try Ceremony()
        let weak = try #require(X25519PublicKey([UInt8](repeating: 0, count: 32)))
        #expect(throws: RecoveryFault.badParameters) {
            try SealedRecoveryShare(sealing: ceremony.shares[0], of: ceremony.set, to: weak)
        }
    }

    @Test("A document with a wrong member is refused", arguments: wrongMembers)
    func document(name: String, value: JSON) throws {
        let json = try Ceremony().sealed[0].json
        #expect(throws: RecoveryFault.self) { try SealedRecoveryShare(json: json.with(name, value)) }
    }

    private static let wrongMembers: [(String, JSON)] = [
        ("version", 2), ("set", nil), ("set", "x"), ("index", 0), ("index", 4), ("index", "1"), ("recipient", "AAAA"),
        ("recipient", "!"), ("encapsulated", "AAAA"), ("encapsulated", 1), ("ciphertext", "AAAA"), ("ciphertext", nil),
    ]
}

extension JSON {
    /// The object with one member changed.
    fileprivate func with(_ name: String, _ value: JSON) -> JSON {
        .object((members ?? []).map { $0.name == name ? Member(name, value) : $0 })
    }
}
