import Cryptography
import Primitives
import Testing

@testable import Identity

@Suite("Keys under the root")
struct KeyTreeTests {
    @Test("A root has exactly 32 bytes", arguments: [0, 31, 32, 33])
    func rootLength(count: Int) throws {
        let root = RootSecret(try Secret(count: count) { _ in })
        #expect((root != nil) == (count == 32))
    }

    @Test("No two purposes share a key, and a root always gives the same keys")
    func separation() throws {
        func keys(_ byte: UInt8) throws -> [[UInt8]] {
            let tree = try Gate.tree(byte)
            return try KeyPurpose.allCases.map { try tree.key(for: $0).withBytes { Array($0) } }
        }
        let keys7 = try keys(7)
        #expect(Set(keys7).count == KeyPurpose.allCases.count)
        #expect(keys7.allSatisfy { $0.count == 32 })
        #expect(try keys(7) == keys7)
        #expect(Set(keys7).isDisjoint(with: try keys(8)))
    }

    /// Computed with Python's hmac from RFC 5869, root = 32 bytes of 07. A change here loses every sealed column.
    @Test(
        "Derivation is pinned",
        arguments: [
            (KeyPurpose.challengeMAC, "cbec1ad0c2e41f1bd0b225918091426f631fbf4fc49b1c3f2fe911c3b98202ea"),
            (KeyPurpose.walletIndex, "4f378726e29f0fac8b6551dcb99e5c77be7a5b2138a38363a25bf1348ddabab8"),
            (KeyPurpose.walletAddress, "71eee2fcf0069141f923ef1ea62a7bf5a311973ef4776dafa0cd29e697ca30e8"),
            (KeyPurpose.vaultIndex, "5a20037d9acd9836483f9a47b22957f0dea5622a6b9c89b8ade39b6d2c71a157"),
            (KeyPurpose.conversations, "f705b16f26942cb0df43db46aaee638ce16c644a805727743661683b1ab645e4"),
            (KeyPurpose.rootCheck, "2237bd4e4fa361095d952d9c7cc915c069f11a1629829bcca4cc4bd732de994c"),
        ])
    func known(purpose: KeyPurpose, key: String) throws {
        #expect(try Gate.tree(7).key(for: purpose).withBytes { Hex.encode($0) } == key)
    }
}
