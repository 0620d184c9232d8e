public import Cryptography

/// An endorsement certificate, VCEK or VLEK, with what AMD writes into it (AMD 57230 section 1.5).
public struct VEKCertificate: Sendable {
    /// The certificate.
    public let certificate: X509Certificate
    /// VCEK or VLEK, as the subject says; nil if it says neither.
    public let kind: SigningKey?
    /// The product as the issuer's name tells; nil if that is none of AMD's names. The certificate's own product name
    /// is not used: AMD has issued wrong ones.
    public let product: Product?
    /// The key's security versions; nil for a component that is missing or no number from 0 to 255.
    public let securityVersions: [TCBVersion.Component: UInt8]
    /// Which chip, 64 or 8 bytes; nil if there is no such extension, or one of another length.
    public let hardwareID: [UInt8]?
    /// Which cloud; nil if there is no such extension, or none that is text.
    public let cloudProvider: String?
    /// What keeps it from being such a certificate, in plain words; empty for a good one.
    public let problems: [String]

    static let hardwareIDExtension = OID(1, 3, 6, 1, 4, 1, 3704, 1, 4)
    static let cloudProviderExtension = OID(1, 3, 6, 1, 4, 1, 3704, 1, 5)
    private static let versionExtensions: [(component: TCBVersion.Component, oid: OID)] = [
        (.bootloader, OID(1, 3, 6, 1, 4, 1, 3704, 1, 3, 1)), (.tee, OID(1, 3, 6, 1, 4, 1, 3704, 1, 3, 2)),
        (.snp, OID(1, 3, 6, 1, 4, 1, 3704, 1, 3, 3)), (.microcode, OID(1, 3, 6, 1, 4, 1, 3704, 1, 3, 8)),
        (.fmc, OID(1, 3, 6, 1, 4, 1, 3704, 1, 3, 9)),
    ]

    /// Reads what is there, and tells what is wrong with it.
    public init(_ certificate: X509Certificate) {
        self.certificate = certificate
        if case .vek(let key) = CertificateName(certificate.subject) { kind = key } else { kind = nil }
        product = CertificateName(certificate.issuer)?.product
        var versions: [TCBVersion.Component: UInt8] = [:]
        for (component, oid) in VEKCertificate.versionExtensions {
            guard let value = certificate.value(of: oid) else { continue }
            versions[component] = VEKCertificate.securityVersion(value)
        }
        securityVersions = versions
        hardwareID = certificate.value(of: VEKCertificate.hardwareIDExtension).flatMap(VEKCertificate.hardwareID)
        cloudProvider = certificate.value(of: VEKCertificate.cloudProviderExtension).flatMap(VEKCertificate.text)
        problems =
            VEKCertificate.problems(of: certificate)
            + VEKCertificate.problems(
                of: certificate, kind: kind, versions: versions, hardwareID: hardwareID, cloudProvider: cloudProvider)
    }

    /// The point of the key, if it is one on P-384.
    public var point: [UInt8]? {
        if case .p384(let point) = certificate.publicKey.kind { point } else { nil }
    }

    /// The TCB that the key was derived from; nil if a component of the layout is missing.
    public func tcb(_ layout: TCBVersion.Layout) -> TCBVersion? {
        guard layout.components.allSatisfy({ securityVersions[$0] != nil }) else { return nil }
        return TCBVersion(
            fmc: securityVersions[.fmc] ?? 0, bootloader: securityVersions[.bootloader] ?? 0,
            tee: securityVersions[.tee] ?? 0, snp: securityVersions[.snp] ?? 0,
            microcode: securityVersions[.microcode] ?? 0, layout: layout)
    }

    /// What is wrong whatever its kind.
    private static func problems(of certificate: X509Certificate) -> [String] {
        var problems: [String] = []
        if case .p384 = certificate.publicKey.kind {} else { problems.append("its key is not one on P-384") }
        if certificate.signatureAlgorithm != .rsaPSSWithSHA384 {
            problems.append("it is not signed by RSASSA-PSS with SHA-384 and a salt of 48 bytes")
        }
        if certificate.basicConstraints?.isCA == true || certificate.keyUsage?.signsCertificates == true {
            problems.append("it may issue certificates")
        }
        let unknown = certificate.unknownCriticalExtensions
        if !unknown.isEmpty {
            problems.append("critical extensions nobody knows: \(unknown.map(\.description).joined(separator: ", "))")
        }
        return problems
    }

    /// What is wrong for its kind.
    private static func problems(
        of certificate: X509Certificate, kind: SigningKey?, versions: [TCBVersion.Component: UInt8],
        hardwareID: [UInt8]?, cloudProvider: String?
    ) -> [String] {
        var problems: [String] = []
        let missing = TCBVersion.Layout.milan.components.filter { versions[$0] == nil }
        if !missing.isEmpty {
            problems.append("no security version of \(missing.map(\.rawValue).joined(separator: ", "))")
        }
        let hasHardwareID = certificate.value(of: hardwareIDExtension) != nil
        let hasCloudProvider = certificate.value(of: cloudProviderExtension) != nil
        switch kind {
        case .vcek:
            if hardwareID == nil { problems.append(hasHardwareID ? "a hwID of another length" : "no hwID") }
            if hasCloudProvider { problems.append("a VCEK that names a cloud (CSP_ID)") }
        case .vlek:
            if hasHardwareID { problems.append("a VLEK that names a chip (hwID)") }
            if cloudProvider == nil {
                problems.append(hasCloudProvider ? "a CSP_ID that is no text" : "a VLEK without CSP_ID")
            }
        case .unsigned, nil:
            problems.append("its subject is \(certificate.subject.commonName ?? "nobody"), not SEV-VCEK or SEV-VLEK")
        }
        return problems
    }

    /// The raw id, 64 or 8 bytes, or the same in an OCTET STRING. Only the length can tell them apart: a raw id may
    /// begin with any byte.
    private static func hardwareID(_ value: [UInt8]) -> [UInt8]? {
        switch value.count {
        case 64, 8: value
        case 66 where value.starts(with: [0x04, 0x40]), 10 where value.starts(with: [0x04, 0x08]):
            Array(value.dropFirst(2))
        default: nil
        }
    }

    /// A DER INTEGER from 0 to 255.
    private static func securityVersion(_ value: [UInt8]) -> UInt8? {
        switch value.count {
        case 3 where value.starts(with: [0x02, 0x01]) && value[2] < 0x80: value[2]
        case 4 where value.starts(with: [0x02, 0x02, 0x00]) && value[3] >= 0x80: value[3]
        default: nil
        }
    }

    /// A DER IA5String of 1 to 127 visible characters.
    private static func text(_ value: [UInt8]) -> String? {
        guard value.count > 2, value[0] == 0x16, Int(value[1]) == value.count - 2,
            value.dropFirst(2).allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        return String(decoding: value.dropFirst(2), as: UTF8.self)
    }
}
