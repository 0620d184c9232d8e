import Attestation
import Cryptography

/// What must hold for all bytes that are read as a certificate or a revocation list, good or bad.
enum X509Invariants {
    /// Nil, or what does not hold.
    static func violation(_ bytes: [UInt8]) -> String? {
        if let certificate = try? X509Certificate(der: bytes) {
            if certificate.der != bytes { return "the bytes received are not the bytes kept" }
            if (try? X509Certificate(der: bytes + [0])) != nil { return "a byte after the certificate is let pass" }
            if (try? X509Certificate(der: Array(bytes.dropLast()))) != nil { return "a cut certificate is let pass" }
            if (try? CertificateRevocationList(der: bytes)) != nil { return "it is a certificate and a list" }
            return violation(certificate)
        }
        if let list = try? CertificateRevocationList(der: bytes) {
            if list.der != bytes { return "the bytes received are not the bytes kept" }
            if (try? CertificateRevocationList(der: bytes + [0])) != nil { return "a byte after the list is let pass" }
        }
        return nil
    }

    private static func violation(_ certificate: X509Certificate) -> String? {
        let vek = VEKCertificate(certificate)
        if let id = vek.hardwareID, id.count != 8, id.count != 64 { return "a hwID of \(id.count) bytes" }
        if vek.kind == .vcek, vek.problems.isEmpty, vek.hardwareID == nil || vek.cloudProvider != nil {
            return "a VCEK without a chip, or with a cloud"
        }
        if vek.kind == .vlek, vek.problems.isEmpty, vek.hardwareID != nil || vek.cloudProvider == nil {
            return "a VLEK with a chip, or without a cloud"
        }
        if vek.kind == nil, vek.problems.isEmpty { return "a VEK of no kind" }
        // An end certificate never signed itself; a broken key must be survived.
        if vek.problems.isEmpty, certificate.isSigned(by: certificate) { return "a VEK that signed itself" }
        if case .p384(let point) = certificate.publicKey.kind { _ = P384PublicKey(point: point) }
        if certificate.signatureAlgorithm != .rsaPSSWithSHA384, certificate.isSigned(by: certificate) {
            return "another signature algorithm was verified"
        }
        return nil
    }
}
