import DeviceSimulation
import AttestationFixtures
import Primitives
import Testing

@Suite("Forged evidence looks like AMD's to somebody else's eyes")
struct FixtureTests {
    static let now = Timestamp(unixSeconds: 1_790_000_000)

    @Test(arguments: FixtureProduct.allCases, FixtureVEK.Kind.allCases)
    func `openssl accepts the chain, the list and the report`(
        product: FixtureProduct, kind: FixtureVEK.Kind
    ) throws {
        let judge = try OpenSSLJudge()
        for version in [2, 3, 5] as [UInt32] {
            let evidence = try FixtureEvidence(
                product, kind: kind, version: version, at: Self.now, keys: FixtureFolder.keys
            ) {
                $0.reportData = [UInt8](repeating: 7, count: 64)
            }
            let platform = evidence.platform
            #expect(evidence.report.count == FixtureReport.byteCount)
            #expect(evidence.report[0] == UInt8(version))
            #expect(try judge.accepts(report: evidence.report, vek: platform.vek))
            #expect(
                try judge.accepts(
                    vek: platform.vek, intermediate: platform.intermediate, root: platform.root, at: Self.now))
            #expect(try judge.accepts(crl: platform.crl, root: platform.root))
        }
    }

    @Test func `a VCEK carries what a real one carries`() throws {
        let chip = FixtureEvidence.chip(named: "standard")
        let platform = try FixturePlatform(.turin, kind: .vcek, chipID: chip, at: Self.now, keys: FixtureFolder.keys)
        let text = try OpenSSLJudge().text("x509", platform.vek)
        for line in [
            "Serial Number: 0 (0x0)", "Hash Algorithm: sha384", "Mask Algorithm: mgf1 with sha384",
            "Salt Length: 0x30", "CN = SEV-Turin", "CN = SEV-VCEK", "ASN1 OID: secp384r1",
            "O = Advanced Micro Devices", "1.3.6.1.4.1.3704.1.3.9", "1.3.6.1.4.1.3704.1.4",
        ] {
            #expect(text.contains(line), "\(line)")
        }
        #expect(!text.contains("1.3.6.1.4.1.3704.1.5"))
        #expect(!text.contains("Key Identifier"))
        #expect(!text.contains("Basic Constraints"))
        // The extension's value is the bare id: eight bytes behind an octet string's header and nothing else.
        #expect(platform.vek.contains(DER.octets(Array(chip[..<8]))))
    }

    @Test func `root and intermediates carry what real ones carry`() throws {
        let chain = try FixtureChain(.milan, validity: .from(Self.now, years: 25), keys: FixtureFolder.keys)
        let judge = try OpenSSLJudge()
        let root = try judge.text("x509", chain.ark)
        #expect(root.contains("Certificate Sign, CRL Sign"))
        #expect(root.contains("65536 (0x10000)"))
        #expect(root.contains("Public-Key: (4096 bit)"))
        for der in [chain.ask, chain.asvk] {
            let text = try judge.text("x509", der)
            #expect(text.contains("CA:TRUE, pathlen:0"))
            #expect(text.contains("Authority Key Identifier"))
            #expect(!text.contains("CRL Sign"))
        }
        let list = try chain.crl(
            revoking: [chain.serial(.ask)], thisUpdate: Self.now, nextUpdate: Self.now.adding(seconds: 86_400))
        let text = try judge.text("crl", list)
        #expect(text.contains("Serial Number: 010001"))
        #expect(try judge.accepts(crl: list, root: chain.ark))
        let wrong = try chain.crl(thisUpdate: Self.now, nextUpdate: nil, signer: .ask)
        #expect(try !judge.accepts(crl: wrong, root: chain.ark))
    }

    @Test func `dates beyond 2049 are written with four digits of the year`() throws {
        let far = FixtureValidity(notBefore: Self.now, notAfter: Timestamp(unixSeconds: 2_600_000_000))
        let text = try OpenSSLJudge().text(
            "x509", try FixtureChain(.milan, validity: far, keys: FixtureFolder.keys).ark)
        let isRight = text.contains("Not After : May 22 14:13:20 2052 GMT")
        #expect(isRight)
    }

    @Test func `a name gives the same chip, another name another one`() {
        #expect(FixtureEvidence.chip(named: "a") == FixtureEvidence.chip(named: "a"))
        #expect(FixtureEvidence.chip(named: "a") != FixtureEvidence.chip(named: "b"))
        #expect(FixtureEvidence.chip(named: "a").count == 64)
    }

    @Test(arguments: EvidenceFlaw.allCases)
    func `each flaw changes the evidence, and nothing else does`(flaw: EvidenceFlaw) throws {
        let kind: FixtureVEK.Kind = flaw == .hwIDOnVLEK || flaw == .missingCloud ? .vlek : .vcek
        #expect(flaw.applies(to: kind, of: .turin))
        let wrong = try FixtureEvidence(.turin, kind: kind, flaw: flaw, at: Self.now, keys: FixtureFolder.keys)
        let right = try FixtureEvidence(.turin, kind: kind, at: Self.now, keys: FixtureFolder.keys)
        let judge = try OpenSSLJudge()
        let isChainGood = try judge.accepts(
            vek: wrong.platform.vek, intermediate: wrong.platform.intermediate, root: right.platform.root,
            at: Self.now)
        let isReportGood =
            flaw == .wrongCurve ? false : try judge.accepts(report: wrong.report, vek: wrong.platform.vek)
        let chainBreakers: Set<EvidenceFlaw> = [
            .expiredVEK, .futureVEK, .unknownCriticalExtension, .expiredIntermediate, .intermediateNotAuthority,
            .strangersRoot, .otherIntermediate,
        ]
        #expect(isChainGood == !chainBreakers.contains(flaw))
        #expect(isReportGood == ![.otherSigner, .changedAfterSigning, .wrongCurve].contains(flaw))
        let isReportChanged = wrong.report.prefix(0x2A0) != right.report.prefix(0x2A0)
        let isChainChanged = wrong.platform.crl.count != right.platform.crl.count || flaw == .staleCRL
        let (mine, other) = (wrong.platform.recipe, right.platform.recipe)
        let isVEKChanged = mine.extensions != other.extensions || mine.scheme != other.scheme
        for part in mine.extensions { #expect(wrong.platform.vek.contains(part.der), "\(part.object)") }
        #expect(isReportChanged || !isReportGood || !isChainGood || isChainChanged || isVEKChanged)
    }
}

extension [UInt8] {
    fileprivate func contains(_ part: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: part) }
    }
}
