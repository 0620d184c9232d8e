import Foundation
import Primitives
import Testing

@testable import Attestation
@testable import Cryptography

@Suite("Malformed input")
struct MalformedInputTests {
    @Test("A report is refused at every length but its own")
    func reportLengths() throws {
        let report = try Sample.milan.report()
        for count in 0..<report.count {
            #expect(throws: ReportFault.self, "\(count)") { try Report(Array(report[..<count])) }
        }
        for extra in [1, 16, 4_000 - report.count, 1 << 20] {
            #expect(throws: ReportFault.self) { try Report(report + [UInt8](repeating: 0, count: extra)) }
        }
        #expect(try Report(report).raw == report)
    }

    static let reserved: [Int] = [
        0x04C, 0x04F, 0x18B, 0x19F, 0x1EB, 0x1EF, 0x208, 0x29F, 0x2D0, 0x2E7, 0x318, 0x32F, 0x330, 0x49F,
    ]

    @Test("A report is refused for any byte where there must be none", arguments: reserved)
    func reservedByte(place: Int) throws {
        var report = try Sample.turin.report()
        report[place] = 1
        let fault = #expect(throws: ReportFault.self) { try Report(report) }
        #expect(fault?.reason == .format)
    }

    static let fields: [(place: Int, value: UInt8, reason: ReportFault.Reason)] = [
        (0x000, 0, .unsupportedVersion), (0x000, 1, .unsupportedVersion), (0x000, 6, .unsupportedVersion),
        (0x003, 1, .unsupportedVersion), (0x034, 0, .unsupportedAlgorithm), (0x034, 2, .unsupportedAlgorithm),
        (0x00A, 0x01, .format), (0x00B, 0x04, .format), (0x030, 4, .format), (0x048, 0x08, .format),
        (0x048, 0x20, .format),
    ]

    @Test("A report is refused for a value that cannot be", arguments: fields)
    func field(place: Int, value: UInt8, reason: ReportFault.Reason) throws {
        var report = try Sample.turin.report()
        report[place] = value
        let fault = #expect(throws: ReportFault.self) { try Report(report) }
        #expect(fault?.reason == reason && fault?.detail.isEmpty == false)
    }

    @Test("A certificate is refused at every length but its own")
    func certificateLengths() throws {
        let der = try Sample.genoa.file("vek.der")
        for count in 0..<der.count {
            #expect(throws: DERFault.self, "\(count)") { try X509Certificate(der: Array(der[..<count])) }
        }
        #expect(throws: DERFault.self) { try X509Certificate(der: der + [0]) }
        #expect(throws: DERFault.self) { try X509Certificate(der: der + der) }
        #expect(throws: DERFault.self) {
            try X509Certificate(der: [UInt8](repeating: 0x30, count: X509Certificate.maximumBytes + 1))
        }
        #expect(try X509Certificate(der: der).der == der)
    }

    @Test("A revocation list is refused at every length but its own")
    func listLengths() throws {
        let der = try Sample.genoa.file("2022.crl")
        for count in 0..<der.count {
            #expect(throws: DERFault.self, "\(count)") { try CertificateRevocationList(der: Array(der[..<count])) }
        }
        #expect(throws: DERFault.self) { try CertificateRevocationList(der: der + [0]) }
        #expect(try CertificateRevocationList(der: der).revokedSerials == [[0x02, 0x00, 0x01]])
    }

    @Test("Random bytes are refused by every reader, and by the verifier", arguments: [1, 2, 3])
    func random(seed: UInt64) throws {
        let random = SeededRandom(seed: seed)
        let policy = try Sample.milan.policy()
        let verifier = Verifier(roots: try Sample.milan.roots())
        for round in 0..<200 {
            let bytes = random.bytes(round % 4 == 0 ? Report.byteCount : round * 16)
            #expect(throws: ReportFault.self) { try Report(bytes) }
            #expect(throws: DERFault.self) { try X509Certificate(der: bytes) }
            #expect(throws: DERFault.self) { try CertificateRevocationList(der: bytes) }
            #expect(CertificateTableInvariants.violation(bytes) == nil)
            let endorsements = Endorsements(vek: bytes, intermediate: bytes, root: bytes, crl: bytes)
            let verdict = verifier.judge(
                Evidence(report: bytes, endorsements: endorsements), by: policy, at: Sample.now)
            #expect(!verdict.isTrusted && verdict.report == nil)
        }
    }

    @Test("No refusal leaves an error of OpenSSL behind")
    func errorQueue() throws {
        let certificate = try X509Certificate(der: try Sample.milan.file("vek.der"))
        let other = try X509Certificate(der: try Sample.turin.file("root.der"))
        #expect(!certificate.isSigned(by: other))
        #expect(hasNoErrors)
        #expect(!certificate.isSigned(by: certificate))
        #expect(P384PublicKey(point: [4] + [UInt8](repeating: 1, count: 96)) == nil)
        #expect(hasNoErrors)
        var report = try Sample.milan.report()
        report[0x90] ^= 1
        #expect(try !Sample.milan.verdict { evidence, _ in evidence.report = report }.isTrusted)
        #expect(hasNoErrors)
    }
}

@Suite("The fuzz corpora of attestation")
struct AttestationCorpusTests {
    static let targets: [(name: String, violation: @Sendable ([UInt8]) -> String?)] = [
        ("Report", ReportInvariants.violation), ("CertificateTable", CertificateTableInvariants.violation),
        ("X509", X509Invariants.violation), ("SealedBlob", SealedBlobInvariants.violation),
    ]

    private func corpus(_ name: String) throws -> [[UInt8]] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fuzz/\(name)/corpus")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .sorted { $0.lastPathComponent < $1.lastPathComponent }.map { try Array(Data(contentsOf: $0)) }
    }

    @Test("of the sealed copy hold good copies that are read, and bad ones that are not")
    func sealedCopies() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fuzz/SealedBlob/corpus")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let isRead = SealedBlob(try Array(Data(contentsOf: file))) != nil
            #expect(isRead == file.lastPathComponent.hasPrefix("good"), "\(file.lastPathComponent)")
        }
    }

    @Test("break no invariant, nor does any mutation of them", arguments: 0..<4)
    func replay(index: Int) throws {
        let (name, violation) = AttestationCorpusTests.targets[index]
        let corpus = try corpus(name)
        #expect(corpus.count >= 7)
        for bytes in corpus { #expect(violation(bytes) == nil, "\(name)") }
        let random = SeededRandom(seed: UInt64(index))
        for round in 0..<600 {
            var bytes = corpus[round % corpus.count]
            for _ in 0...round % 3 where !bytes.isEmpty {
                let dice = random.bytes(4)
                let place = (Int(dice[0]) << 8 | Int(dice[1])) % bytes.count
                switch dice[2] % 3 {
                case 0: bytes[place] = dice[3]
                case 1: bytes.remove(at: place)
                default: bytes.insert(dice[3], at: place)
                }
            }
            #expect(violation(bytes) == nil, "\(name), round \(round): \(Hex.encode(bytes))")
        }
    }
}
