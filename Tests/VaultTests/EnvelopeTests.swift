import Cryptography
import Ethereum
import Primitives
import Testing

@testable import Vault

@Suite("The envelope, version 1")
struct EnvelopeTests {
    @Test("Every golden vector that others computed from the page comes out the same", arguments: GoldenVector.all())
    func golden(vector: GoldenVector) throws {
        let wallet = try vector.wallet()
        #expect(wallet.address.lowercase == (try vector.text("address")))
        let text = VaultText(origin: try vector.text("origin"), wallet: wallet.address, epoch: try vector.epoch()).text
        #expect(text == (try vector.text("text")))
        #expect(wallet.sign(personalMessage: Array(text.utf8)).bytes == (try vector.bytes("signature")))
        let key = try vector.vaultKey()
        #expect(key.index.bytes == (try vector.bytes("vaultIndex")))
        #expect(key.secret.withBytes { Array($0) } == (try vector.bytes("vaultKey")))
        let record = try RecordKey(of: key, salt: vector.bytes("salt"))
        #expect(record.secret.withBytes { Array($0) } == (try vector.bytes("recordKey")))
        #expect(record.commitment == (try vector.bytes("commitment")))
        let plaintext = Array(try vector.text("plaintext").utf8)
        let envelope = try key.seal(
            Secret(copying: plaintext), for: vector.provider(),
            random: FixedRandom(salt: vector.bytes("salt"), nonce: vector.bytes("nonce")))
        #expect(envelope.bytes == (try vector.bytes("envelope")))
        let opened = try key.open(Envelope(parsing: vector.bytes("envelope")), for: vector.provider())
        #expect(opened.withBytes { Array($0) } == plaintext)
    }

    @Test("The vectors are there")
    func vectorsExist() {
        #expect(GoldenVector.all().count == 7)
    }

    private func sample() throws -> (key: VaultKey, bytes: [UInt8]) {
        let vector = try #require(GoldenVector.all().first)
        return (try vector.vaultKey(), try vector.bytes("envelope"))
    }

    /// What opening says; nil if it opens.
    private func outcome(_ bytes: [UInt8], _ key: VaultKey, _ provider: ProviderSlug = .anthropic) -> EnvelopeError? {
        do throws(EnvelopeError) {
            _ = try key.open(Envelope(parsing: bytes), for: provider)
            return nil
        } catch {
            return error
        }
    }

    @Test("Altered in any byte it does not open, and the reason names the field")
    func tampering() throws {
        let (key, bytes) = try sample()
        #expect(outcome(bytes, key) == nil)
        for offset in bytes.indices {
            for mask: UInt8 in [0x01, 0x80, 0xFF] {
                var altered = bytes
                altered[offset] ^= mask
                let expected: EnvelopeError =
                    switch offset {
                    case 0..<2: .unknownVersion
                    case 2..<6: .otherEpoch
                    case 6..<38, 50..<82: .otherKey
                    default: .damaged
                    }
                #expect(outcome(altered, key) == expected, "byte \(offset) ^ \(mask)")
            }
        }
    }

    @Test("Cut or lengthened by any number of bytes it does not open")
    func lengths() throws {
        let (key, bytes) = try sample()
        for count in 0..<bytes.count { #expect(outcome(Array(bytes.prefix(count)), key) != nil, "\(count) bytes") }
        #expect(outcome(bytes + [0], key) == .damaged)
        #expect(outcome([], key) == .malformed)
        #expect(outcome([1], key) == .malformed)
    }

    @Test("A text has 1 to 4,096 bytes", arguments: [(0, false), (1, true), (4_096, true), (4_097, false)])
    func textLength(count: Int, good: Bool) throws {
        let bytes = [UInt8](repeating: 1, count: Envelope.headBytes + count + Envelope.tagBytes)
        #expect(((try? Envelope(parsing: bytes)) != nil) == good)
        if good { #expect(try Envelope(parsing: bytes).bytes == bytes) }
    }

    @Test("It opens for no other provider, wallet, gateway or epoch")
    func places() throws {
        let vectors = GoldenVector.all()
        let (key, bytes) = try sample()
        #expect(outcome(bytes, key, try #require(ProviderSlug("openrouter"))) == .damaged)
        for vector in vectors {
            let other = try vector.vaultKey()
            if other.secret.isEqual(to: key.secret) { continue }
            let expected: EnvelopeError = other.epoch == key.epoch ? .otherKey : .otherEpoch
            #expect(outcome(bytes, other) == expected, "\(vector.testDescription)")
        }
        // The same key under another index: the associated data alone refuses.
        let address = try #require(Address(bytes: [UInt8](repeating: 3, count: 20)))
        let moved = VaultKey(
            unwrapped: key.secret, index: VaultIndex(of: address, key: try Room.indexKey()), epoch: key.epoch)
        #expect(outcome(bytes, moved) == .damaged)
        // The same key in another epoch, with the envelope's epoch written over.
        var renumbered = bytes
        renumbered[5] = 2
        #expect(
            outcome(renumbered, VaultKey(unwrapped: key.secret, index: key.index, epoch: VaultEpoch(2))) == .damaged)
    }

    @Test("The same text sealed twice has nothing in common but its head")
    func fresh() throws {
        let (key, _) = try sample()
        let text = try Secret(copying: Array("sk-ant-same".utf8))
        let first = try key.seal(text, for: .anthropic, random: SystemRandom())
        let second = try key.seal(text, for: .anthropic, random: SystemRandom())
        #expect(first.salt != second.salt)
        #expect(first.nonce != second.nonce)
        #expect(first.commitment != second.commitment)
        #expect(first.sealed != second.sealed)
    }

    @Test("The key does not depend on how v is written, and does on wallet, origin, epoch and gateway")
    func derivation() throws {
        let person = try Person()
        func key(
            origin: String = Room.origin, signer: Person? = nil, epoch: UInt32 = 1, gateway: UInt8 = 9,
            respell: (WalletSignature) -> String = { $0.hex }
        ) throws -> [UInt8] {
            let signer = try signer ?? Person()
            let epoch = VaultEpoch(epoch)
            let text = VaultText(origin: origin, wallet: signer.key.address, epoch: epoch).text
            let signature = try WalletSignature(
                login: respell(signer.key.sign(personalMessage: Array(text.utf8))))
            let indexKey = try Secret(copying: [UInt8](repeating: gateway, count: 32))
            let index = VaultIndex(of: signer.key.address, key: indexKey)
            return try VaultKey(signature: signature, index: index, epoch: epoch).secret.withBytes { Array($0) }
        }
        let normal = try key()
        #expect(try key { Hex.encode($0.r + $0.s + [$0.v - 27]).uppercased() } == normal)
        let others = [
            try key(origin: "https://other.example"), try key(signer: Person(2)), try key(epoch: 2),
            try key(gateway: 10),
        ]
        #expect(Set(others + [normal]).count == 5)
        withExtendedLifetime(person) {}
    }

    @Test("Joined fields cannot be read in two ways")
    func joining() {
        #expect(LengthPrefixed.join([1, 2], []) == [0, 2, 1, 2, 0, 0])
        #expect(LengthPrefixed.join([1], [2]) != LengthPrefixed.join([1, 2], []))
        #expect(LengthPrefixed.join([UInt8](repeating: 7, count: 300)).prefix(2) == [1, 44])
    }
}

@Suite("Names of providers")
struct ProviderSlugTests {
    @Test("1 to 32 of a-z, 0-9 and hyphen", arguments: ["a", "anthropic", "x-1", String(repeating: "a", count: 32)])
    func good(text: String) {
        #expect(ProviderSlug(text)?.text == text)
    }

    @Test(
        "Nothing else",
        arguments: ["", "Anthropic", "a_b", "a b", "a/b", "ä", "a\n", String(repeating: "a", count: 33)])
    func bad(text: String) {
        #expect(ProviderSlug(text) == nil)
    }

    @Test("Nine are served, others are names only")
    func served() throws {
        let names = "anthropic minimax openrouter zai deepseek gemini openai kimi opencode".split(separator: " ")
        #expect(names.allSatisfy { ProviderSlug($0)?.isServed == true })
        #expect(ProviderSlug.served.count == names.count)
        #expect(ProviderSlug("levanto")?.isServed == false)
    }
}
