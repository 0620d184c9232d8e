import Cryptography
import Primitives
import Testing

@testable import Attestation

@Suite("A served provenance is held against the program that the evidence names")
struct ServedProvenanceTests {
    private static func statement(codeHash: String = SampleBuild.programHash) -> AttestationStatement {
        let thumbprint = ES256PrivateKey.generate().publicKey.thumbprint
        return AttestationStatement(
            gateway: "https://gateway.example", issuedAt: Timestamp(unixSeconds: 1_790_000_000), codeHash: codeHash,
            activeKey: thumbprint, keys: [thumbprint], keySetCommitment: "", tls: .none, nonceRoot: nil)
    }

    private static func served(signers: [UInt8] = [1], isDirty: Bool = false) throws -> ServedProvenance {
        let envelope = try SampleBuild.statement(isDirty: isDirty).envelope(
            signedBy: signers.map { try SampleBuild.key($0) })
        let answer: JSON = ["found": true, "envelope": try JSON(parsing: envelope.fileBytes)]
        return .answer(answer.bytes)
    }

    private static func keys(_ numbers: [UInt8]) throws -> Set<Ed25519PublicKey> {
        Set(try numbers.map { try SampleBuild.key($0).publicKey })
    }

    @Test("A provenance that names the statement's program passes, signed or not, if no key is demanded")
    func named() throws {
        for signers: [UInt8] in [[], [1]] {
            let check = try ServedProvenanceTests.served(signers: signers)
                .check(against: ServedProvenanceTests.statement(), trusting: [])
            #expect(check.outcome == .pass)
            #expect(!check.isRequired)
        }
    }

    @Test("A provenance of another program fails, whoever signed it")
    func otherProgram() throws {
        let statement = ServedProvenanceTests.statement(codeHash: String(repeating: "00", count: 32))
        for trusted: [UInt8] in [[], [1]] {
            let check = try ServedProvenanceTests.served()
                .check(against: statement, trusting: ServedProvenanceTests.keys(trusted))
            guard case .fail(.binding, let detail) = check.outcome else {
                Issue.record("\(check.outcome)")
                continue
            }
            #expect(detail.contains(SampleBuild.programHash))
        }
    }

    @Test(
        "With a build key that is named, only that key's signature over clean sources passes",
        arguments: [
            ([1], false, true), ([1, 2], false, true), ([2], false, false), ([], false, false), ([1], true, false),
        ]
            as [([UInt8], Bool, Bool)])
    func demandedKey(signers: [UInt8], isDirty: Bool, passes: Bool) throws {
        let check = try ServedProvenanceTests.served(signers: signers, isDirty: isDirty)
            .check(against: ServedProvenanceTests.statement(), trusting: ServedProvenanceTests.keys([1]))
        #expect((check.outcome == .pass) == passes)
        #expect(check.isObstacle == !passes)
    }

    @Test("What there is nothing to compare with is not checked, says why, and fails who named a key")
    func notChecked() throws {
        let none: JSON = ["found": false, "reason": "nobody built it"]
        let cases: [(ServedProvenance, AttestationStatement?, String)] = [
            (.none("a file has none"), ServedProvenanceTests.statement(), "a file has none"),
            (.answer(none.bytes), ServedProvenanceTests.statement(), "nobody built it"),
            (try ServedProvenanceTests.served(), nil, "no statement"),
            (try ServedProvenanceTests.served(isDirty: true), ServedProvenanceTests.statement(), "differed"),
        ]
        for (served, statement, why) in cases {
            let check = served.check(against: statement, trusting: [])
            guard case .notChecked(let text) = check.outcome else {
                Issue.record("\(check.outcome)")
                continue
            }
            #expect(text.contains(why))
            #expect(!check.isObstacle)
            #expect(served.check(against: statement, trusting: try ServedProvenanceTests.keys([1])).isObstacle)
        }
    }

    @Test(
        "An answer that is no provenance fails",
        arguments: ["", "[]", "{}", #"{"found":true}"#, #"{"found":true,"envelope":{}}"#, #"{"found":1}"#])
    func malformed(text: String) {
        let check = ServedProvenance.answer(Array(text.utf8))
            .check(against: ServedProvenanceTests.statement(), trusting: [])
        guard case .fail(.format, _) = check.outcome else {
            Issue.record("\(check.outcome)")
            return
        }
    }
}
