import Cryptography
import Primitives
import Testing

@testable import Vault

@Suite("Open vaults stay within secret memory")
struct ManySessionsTests {
    private static let providers = [
        "anthropic", "minimax", "openrouter", "zai", "deepseek", "gemini", "openai", "kimi", "opencode",
    ]

    @Test("Ten thousand sessions with nine keys each take no place in it while they are idle, and ten while one works")
    func tenThousand() throws {
        let open = try OpenVaults(random: SystemRandom())
        let slugs = try Self.providers.map { try #require(ProviderSlug($0)) }
        let person = try Person()
        let index = VaultIndex(of: person.caller.address, key: try Room.indexKey())
        let text = try Secret(copying: Array("sk-test".utf8))
        let before = try #require(SecretArena.usage?.used)
        var envelopes: [WalletID: [Envelope]] = [:]
        for session in 0..<10_000 {
            let wallet = WalletID(Int64(session / OpenVaults.maximumPerWallet))
            let key = VaultKey(
                unwrapped: try Secret(copying: wallet.rawValue.bytes + [UInt8](repeating: 7, count: 24)), index: index,
                epoch: .first)
            if envelopes[wallet] == nil {
                envelopes[wallet] = try slugs.map { try key.seal(text, for: $0, random: SystemRandom()) }
            }
            open.open(key, for: Self.caller(session, wallet, person), at: Room.start)
        }
        #expect(open.count == 10_000)
        #expect(SecretArena.usage?.used == before)
        for session in stride(from: 0, to: 10_000, by: 101) {
            let wallet = WalletID(Int64(session / OpenVaults.maximumPerWallet))
            let key = try #require(try open.key(of: wallet, for: "session \(session)", at: Room.start))
            let keys = try zip(slugs, try #require(envelopes[wallet])).map { try key.open($1, for: $0) }
            #expect(SecretArena.usage?.used == before + 1 + keys.count)
            #expect(keys.allSatisfy { $0.isEqual(to: text) })
        }
        #expect(SecretArena.usage?.used == before)
    }

    private static func caller(_ session: Int, _ wallet: WalletID, _ person: Person) -> VaultCaller {
        VaultCaller(
            wallet: wallet, address: person.caller.address, grant: "session \(session)",
            grantExpiresAt: person.caller.grantExpiresAt)
    }
}

extension Int64 {
    /// Eight bytes, big endian.
    fileprivate var bytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
