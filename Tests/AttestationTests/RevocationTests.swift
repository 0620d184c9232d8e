import Primitives
import Testing

@testable import Attestation

@Suite("Revocation")
struct RevocationTests {
    static let cases: [(String?, EvidencePolicy.RevocationMode, Revocation.Status, Bool)] = [
        ("current.crl", .required, .checked, true), ("current.crl", .ifPresent, .checked, true),
        ("revoking.crl", .required, .checked, false), ("revoking.crl", .ifPresent, .checked, false),
        ("expired.crl", .required, .stale, false), ("expired.crl", .ifPresent, .stale, true),
        ("other-signer.crl", .required, .notChecked, false), ("other-signer.crl", .ifPresent, .notChecked, false),
        ("vek.der", .ifPresent, .notChecked, false),
        (nil, .required, .notChecked, false), (nil, .ifPresent, .notChecked, true),
    ]

    @Test("is judged by the mode, and said", arguments: cases)
    func judged(
        list: String?, mode: EvidencePolicy.RevocationMode, status: Revocation.Status, isTrusted: Bool
    ) throws {
        let der = try list.map { try Sample.milan.file($0) }
        let verdict = try Sample.milan.verdict { evidence, policy in
            evidence.endorsements.crl = der
            policy.revocation = mode
        }
        #expect(verdict.revocation == status, "\(verdict.json.text)")
        #expect(verdict.isTrusted == isTrusted, "\(verdict.json.text)")
        #expect(isTrusted || verdict.reasons == [.revocation])
    }

    @Test("outlives the list that tells it")
    func staleRevocation() throws {
        let der = try Sample.milan.file("revoking.crl")
        let later = Timestamp(unixSeconds: 1_830_000_000)
        let verdict = try Sample.milan.verdict(
            { evidence, policy in
                evidence.endorsements.crl = der
                policy.revocation = .ifPresent
            }, at: later)
        #expect(verdict.reasons == [.revocation] && verdict.revocation == .stale)
    }

    @Test("by a list of another product is refused")
    func otherProduct() throws {
        let der = try Sample.genoa.file("2022.crl")
        let verdict = try Sample.milan.verdict { evidence, _ in evidence.endorsements.crl = der }
        #expect(verdict.reasons == [.revocation])
    }

    @Test("by a list from the future is none")
    func future() throws {
        let der = try Sample.milan.file("current.crl")
        let earlier = Timestamp(unixSeconds: 1_770_000_000)
        let verdict = try Sample.milan.verdict(
            { evidence, policy in
                evidence.endorsements.crl = der
                policy.revocation = .required
            }, at: earlier)
        #expect(verdict.reasons == [.revocation] && verdict.revocation == .stale)
    }
}
