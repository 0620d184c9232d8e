import Cryptography
import Primitives

/// Root, intermediate and VEK, and the rules that bind them. OpenSSL's own chain building is not used: it takes a VLEK
/// from the issuer of VCEKs, and weaker signatures, and its strict mode refuses every certificate that AMD made.
struct CertificateChain {
    let root: X509Certificate
    let intermediate: X509Certificate
    let vek: VEKCertificate

    /// The least RSA modulus of an issuer.
    static let issuerKeyBits = 4096

    /// What is wrong with the chain, in plain words; empty for a good one. Time is a question of its own, and so is
    /// whether the root is trusted.
    func problems(_ signatures: VerifiedSignatures) -> [String] {
        rootProblems(signatures) + intermediateProblems(signatures) + vekProblems(signatures)
    }

    /// Which certificates are outside their validity.
    func timeProblems(at now: Timestamp) -> [String] {
        [("the root", root), ("the intermediate", intermediate), ("the VEK certificate", vek.certificate)].compactMap {
            name, certificate in
            if certificate.isValid(at: now) { return nil }
            return now < certificate.notBefore
                ? "\(name) is valid from \(certificate.notBefore.iso8601) on"
                : "\(name) ended at \(certificate.notAfter.iso8601)"
        }
    }

    private func rootProblems(_ signatures: VerifiedSignatures) -> [String] {
        var problems = issuerProblems(root, "the root")
        if let product = vek.product, CertificateName(root.subject) != .root(product) {
            problems.append("the root is \(name(root)), the VEK is of \(product.name)")
        }
        if root.issuer != root.subject { problems.append("the root does not name itself as its issuer") }
        if let length = root.basicConstraints?.pathLength, length < 1 {
            problems.append("the root's path length leaves no room for an intermediate")
        }
        if !signatures.isSigned(root, by: root) { problems.append("the root's signature is not its own") }
        return problems
    }

    private func intermediateProblems(_ signatures: VerifiedSignatures) -> [String] {
        var problems = issuerProblems(intermediate, "the intermediate")
        if let product = vek.product, let kind = vek.kind,
            CertificateName(intermediate.subject) != CertificateName.issuer(of: kind, product)
        {
            problems.append("the intermediate is \(name(intermediate)), not \(product.name)'s for a \(kind.name)")
        }
        if intermediate.issuer != root.subject {
            problems.append("the intermediate names another issuer than the root")
        }
        if intermediate.basicConstraints?.pathLength != 0 { problems.append("the intermediate's path length is not 0") }
        if intermediate.keyUsage?.signsRevocationLists == true || intermediate.keyUsage?.hasOthers == true {
            problems.append("the intermediate's key has other uses than to sign certificates")
        }
        if !signatures.isSigned(intermediate, by: root) {
            problems.append("the root did not sign the intermediate")
        }
        return problems
    }

    private func vekProblems(_ signatures: VerifiedSignatures) -> [String] {
        var problems: [String] = []
        if vek.product == nil {
            problems.append("the VEK's issuer is \(vek.certificate.issuer.commonName ?? "nobody"), no name of AMD's")
        }
        if vek.certificate.issuer != intermediate.subject {
            problems.append("the VEK names another issuer than the intermediate")
        }
        if !signatures.isSigned(vek.certificate, by: intermediate) {
            problems.append("the intermediate did not sign the VEK")
        }
        return problems
    }

    /// What every issuer has to be.
    private func issuerProblems(_ certificate: X509Certificate, _ what: String) -> [String] {
        var problems: [String] = []
        if certificate.basicConstraints?.isCA != true { problems.append("\(what) is no certificate authority") }
        if certificate.keyUsage?.signsCertificates != true {
            problems.append("\(what)'s key may not sign certificates")
        }
        if case .rsa(let bits) = certificate.publicKey.kind, bits >= CertificateChain.issuerKeyBits {
        } else {
            problems.append("\(what)'s key is not RSA with \(CertificateChain.issuerKeyBits) bits")
        }
        if !certificate.unknownCriticalExtensions.isEmpty {
            problems.append("\(what) has critical extensions nobody knows")
        }
        return problems
    }

    private func name(_ certificate: X509Certificate) -> String {
        certificate.subject.commonName ?? "nobody"
    }
}
