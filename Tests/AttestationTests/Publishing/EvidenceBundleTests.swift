import AttestationFixtures
import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("What travels is read back as it was, or refused by the member that is wrong")
struct EvidenceBundleTests {
    private static let key = ES256PrivateKey.generate().publicKey

    /// A good statement, or one with a member that says something else; nil takes the member out.
    private static func statement(_ member: String = "", _ value: JSON? = nil) -> [UInt8] {
        let statement = AttestationStatement(
            gateway: "https://gateway.example", issuedAt: Timestamp(unixSeconds: 1_790_000_000),
            codeHash: String(repeating: "ab", count: 32), activeKey: key.thumbprint, keys: [key.thumbprint],
            keySetCommitment: String(repeating: "cd", count: 32), tls: .none,
            nonceRoot: [UInt8](repeating: 7, count: 32))
        guard let members = (try? JSON(parsing: statement.bytes))?.members else { return [] }
        var changed = members.filter { $0.name != member }
        if let value { changed.append(JSON.Member(member, value)) }
        return JSON.object(changed).canonicalBytes
    }

    @Test("A statement survives the way there and back, and members of later versions are passed over")
    func statements() throws {
        let plain = try #require(AttestationStatement(EvidenceBundleTests.statement()))
        #expect(plain.bytes == EvidenceBundleTests.statement())
        #expect(AttestationStatement(EvidenceBundleTests.statement("ledgerHead", "aa")) == plain)
        let bound = try #require(TLSKeyFact.inside(spkiSHA256: [UInt8](repeating: 9, count: 32)))
        #expect(TLSKeyFact(json: bound.json) == bound)
        #expect(TLSKeyFact.inside(spkiSHA256: [1]) == nil)
    }

    @Test(
        "A statement with a member that is missing or of another form is none",
        arguments: [
            "type", "profile", "gateway", "issuedAt", "codeHash", "activeKey", "keys", "keySetCommitment", "tls",
            "nonceRoot",
        ])
    func badStatements(member: String) {
        #expect(AttestationStatement(EvidenceBundleTests.statement(member)) == nil)
        #expect(AttestationStatement(EvidenceBundleTests.statement(member, 7)) == nil)
        let isFreeText = ["gateway", "keySetCommitment"].contains(member)
        #expect((AttestationStatement(EvidenceBundleTests.statement(member, "x")) == nil) != isFreeText)
    }

    @Test("Recovery set and release key stand in the statement, and are read back in their form or not at all")
    func trust() throws {
        let plain = try #require(AttestationStatement(EvidenceBundleTests.statement()))
        #expect(plain.trust == .none)
        let set: JSON = ["set": .string(String(repeating: "ab", count: 16)), "threshold": 2, "shares": 3]
        let stated = try #require(AttestationStatement(EvidenceBundleTests.statement("recovery", set)))
        #expect(stated.trust.recovery == .init(set: [UInt8](repeating: 0xAB, count: 16), threshold: 2, shares: 3))
        #expect(stated.bytes == EvidenceBundleTests.statement("recovery", set))
        let key = ES256PrivateKey.generate().publicKey.thumbprint
        #expect(
            AttestationStatement(EvidenceBundleTests.statement("releaseKey", .string(key)))?.trust.releaseKey == key)
        for member in ["recovery", "releaseKey"] {
            #expect(AttestationStatement(EvidenceBundleTests.statement(member)) == plain, "an earlier version's")
            for value: JSON in [7, "x", ["set": "ab", "threshold": 1, "shares": 1]] {
                #expect(AttestationStatement(EvidenceBundleTests.statement(member, value)) == nil, "\(value)")
            }
        }
        for (threshold, shares) in [(0, 3), (4, 3), (1, 0), (1, Int64(RecoverySet.maximumShares) + 1)] {
            let other: JSON = [
                "set": .string(String(repeating: "ab", count: 16)), "threshold": .integer(Int64(threshold)),
                "shares": .integer(Int64(shares)),
            ]
            #expect(AttestationStatement(EvidenceBundleTests.statement("recovery", other)) == nil)
        }
    }

    @Test("The key to seal secrets to may be left out; if it is there, it is a key")
    func sealingKey() throws {
        let text = Base64.encodeURL([UInt8](repeating: 5, count: 32))
        let named = try #require(AttestationStatement(EvidenceBundleTests.statement("hpkeKey", .string(text))))
        #expect(named.sealingKey == X25519PublicKey([UInt8](repeating: 5, count: 32)))
        #expect(named.bytes == EvidenceBundleTests.statement("hpkeKey", .string(text)))
        #expect(try #require(AttestationStatement(EvidenceBundleTests.statement())).sealingKey == nil)
        for bad in [JSON.string("x"), 7, .null, .string(text + "A")] {
            #expect(AttestationStatement(EvidenceBundleTests.statement("hpkeKey", bad)) == nil)
        }
    }

    @Test("The active key is one of the keys")
    func activeKey() {
        let other = ES256PrivateKey.generate().publicKey.thumbprint
        #expect(AttestationStatement(EvidenceBundleTests.statement("activeKey", .string(other))) == nil)
    }

    private static func bundle() throws -> EvidenceBundle {
        let made = try FixtureEvidence(.genoa, at: Timestamp(unixSeconds: 1_790_000_000))
        let nonce = try #require(CallerNonce([UInt8](repeating: 3, count: 32)))
        let tree = NonceTree([nonce])
        return EvidenceBundle(
            profile: .sealgate1,
            evidence: Evidence(
                report: made.report,
                endorsements: Endorsements(
                    vek: made.platform.vek, intermediate: made.platform.intermediate, root: made.platform.root,
                    crl: made.platform.crl)),
            statement: statement(), inclusion: EvidenceBundle.Inclusion(nonce: nonce, path: tree.path(at: 0)),
            keys: TokenKeySet([key]))
    }

    @Test("A bundle survives the way there and back, whole or without what a host did not give")
    func bundles() throws {
        let whole = try EvidenceBundleTests.bundle()
        #expect(try EvidenceBundle(whole.json.bytes) == whole)
        let bare = whole.with(evidence: Evidence(report: whole.evidence.report, endorsements: Endorsements())).with(nil)
        #expect(try EvidenceBundle(bare.json.bytes) == bare)
    }

    @Test(
        "The member that is wrong is named",
        arguments: [
            ("profile", JSON.null, "profile"), ("profile", "sealgate/9", "profile"), ("report", "!", "report"),
            ("report", 5, "report"), ("statement", 5, "statement"), ("nonce", "ab", "nonce"),
            ("inclusion", .null, "inclusion"), ("inclusion", ["leafIndex": 0], "inclusion"),
            ("certificates", .null, "certificates"), ("certificates", ["vcek": "x"], "certificates.vcek"),
            ("certificates", ["chain": "x"], "certificates.chain"), ("certificates", ["crl": "x"], "certificates.crl"),
            ("jwks", .null, "jwks"), ("jwks", ["keys": [["kty": "EC"]]], "jwks"),
        ] as [(String, JSON, String)])
    func badBundles(member: String, value: JSON, named: String) throws {
        let members = try EvidenceBundleTests.bundle().json.members ?? []
        let changed = JSON.object(members.map { $0.name == member ? JSON.Member(member, value) : $0 })
        #expect { try EvidenceBundle(changed.bytes) } throws: { ($0 as? BundleFault)?.member == named }
    }

    @Test("A path without the nonce that it leads from is refused, and a nonce in any but lower-case hex")
    func oneSpelling() throws {
        let bundle = try EvidenceBundleTests.bundle()
        let letters = try #require(CallerNonce([UInt8](repeating: 0xAB, count: 32)))
        let path = InclusionPath(leafIndex: 0, treeSize: 1, hashes: [])
        let members = try #require(
            bundle.with(EvidenceBundle.Inclusion(nonce: letters, path: path)).json.members)
        let cases: [(JSON, String)] = [
            (.null, "inclusion"), (.string(letters.hex.uppercased()), "nonce"), (.string("0x" + letters.hex), "nonce"),
        ]
        for (nonce, named) in cases {
            let changed = JSON.object(members.map { $0.name == "nonce" ? JSON.Member("nonce", nonce) : $0 })
            #expect { try EvidenceBundle(changed.bytes) } throws: { ($0 as? BundleFault)?.member == named }
        }
        let without = JSON.object(members.filter { $0.name != "nonce" })
        #expect { try EvidenceBundle(without.bytes) } throws: { ($0 as? BundleFault)?.member == "inclusion" }
    }

    @Test("Hashes in upper case or with a prefix are none, wherever they stand", arguments: ["AB", "0xab"])
    func lowerCase(digits: String) throws {
        let hash = String((digits + String(repeating: "ab", count: 32)).prefix(64))
        #expect(AttestationStatement(EvidenceBundleTests.statement("codeHash", .string(hash))) == nil)
        #expect(AttestationStatement(EvidenceBundleTests.statement("nonceRoot", .string(hash))) == nil)
        #expect(TLSKeyFact(json: ["source": "inside", "spkiSha256": .string(hash)]) == nil)
        #expect(InclusionPath(json: ["leafIndex": 0, "treeSize": 2, "path": [.string(hash)]]) == nil)
        #expect(WireHex.decode(hash, count: 32) == nil)
        #expect(WireHex.decode("0x" + String(repeating: "ab", count: 32), count: 32) == nil)
        #expect(WireHex.decode(String(repeating: "ab", count: 32), count: 32)?.count == 32)
        #expect(WireHex.decode(String(repeating: "ab", count: 31), count: 32) == nil)
    }

    @Test("Text that is longer than anything honest is not read")
    func size() throws {
        let text = [UInt8](repeating: UInt8(ascii: " "), count: EvidenceBundle.maximumBytes + 1)
        #expect { try EvidenceBundle(text) } throws: { ($0 as? BundleFault)?.problem == .tooLarge }
    }
}
