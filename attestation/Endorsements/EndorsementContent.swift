import Cryptography
import Primitives

/// Whether bytes from a disk or a network are the very thing that was asked for, and genuine. The verifier looks again
/// at all of it: this keeps a wrong file or answer from standing in the way of the right one.
struct EndorsementContent: Sendable {
    let roots: TrustedRoots
    let signatures: VerifiedSignatures

    /// An intermediate and its root, genuine.
    struct Issuers: Sendable {
        let intermediate: X509Certificate
        let root: X509Certificate
    }

    /// The issuers of `key` certificates of `product`, if `certificates` (DER) are an intermediate and perhaps a root.
    func issuers(_ certificates: [[UInt8]], _ product: Product, _ key: SigningKey) -> Issuers? {
        guard (1...2).contains(certificates.count), let intermediate = try? X509Certificate(der: certificates[0]),
            let name = CertificateName.issuer(of: key, product), CertificateName(intermediate.subject) == name
        else { return nil }
        let offered = certificates.count == 2 ? try? X509Certificate(der: certificates[1]) : nil
        guard let root = certificates.count == 2 ? offered : roots.certificate(for: product), roots.contains(root),
            CertificateName(root.subject) == .root(product), intermediate.issuer == root.subject,
            signatures.isSigned(intermediate, by: root)
        else { return nil }
        return Issuers(intermediate: intermediate, root: root)
    }

    /// Whether `der` is the VCEK certificate of exactly this chip at exactly this TCB, issued by `issuers`.
    func isVCEK(_ der: [UInt8], of chipID: [UInt8], _ tcb: TCBVersion, _ product: Product, _ issuers: Issuers) -> Bool {
        guard let certificate = try? X509Certificate(der: der) else { return false }
        let vek = VEKCertificate(certificate)
        return vek.problems.isEmpty && vek.kind == .vcek && vek.product == product && vek.hardwareID == chipID
            && vek.tcb(tcb.layout) == tcb && certificate.issuer == issuers.intermediate.subject
            && signatures.isSigned(certificate, by: issuers.intermediate)
    }

    /// The list in `der`, if the root signed it.
    func revocationList(_ der: [UInt8], _ issuers: Issuers) -> CertificateRevocationList? {
        guard let list = try? CertificateRevocationList(der: der), signatures.isSigned(list, by: issuers.root) else {
            return nil
        }
        return list
    }
}
