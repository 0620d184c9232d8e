import Cryptography

/// The certificates of some evidence, as far as they could be read.
struct EvidenceCertificates {
    let vek: VEKCertificate?
    let intermediate: X509Certificate?
    let root: X509Certificate?
    let check: Check

    init(_ endorsements: Endorsements, roots: TrustedRoots) {
        var missing: [String] = []
        var unreadable: [String] = []
        func read(_ der: [UInt8]?, _ what: String) -> X509Certificate? {
            guard let der else {
                missing.append(what)
                return nil
            }
            do { return try X509Certificate(der: der) } catch {
                unreadable.append("\(what): \(error.detail)")
                return nil
            }
        }
        vek = read(endorsements.vek, "VEK certificate").map(VEKCertificate.init)
        intermediate = read(endorsements.intermediate, "intermediate")
        let builtIn = vek?.product.flatMap(roots.certificate(for:))
        root = endorsements.root == nil && builtIn != nil ? builtIn : read(endorsements.root, "root")
        if !unreadable.isEmpty {
            check = Check(
                .certificates, .fail(.certificateParse, unreadable.joined(separator: "; ")), isRequired: true)
        } else if !missing.isEmpty {
            let what = missing.joined(separator: ", ")
            check = Check(.certificates, .fail(.missingCertificate, "missing: \(what)"), isRequired: true)
        } else {
            check = Check(.certificates, .pass, isRequired: true)
        }
    }

    /// Root, intermediate and VEK, if all are there.
    var chain: CertificateChain? {
        guard let root, let intermediate, let vek else { return nil }
        return CertificateChain(root: root, intermediate: intermediate, vek: vek)
    }
}
