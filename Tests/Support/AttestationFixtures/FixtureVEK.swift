package import Primitives

/// An endorsement key before it is certified: a VCEK of a chip or a VLEK of a cloud. Every member can be set.
package struct FixtureVEK: Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case vcek
        case vlek
    }

    /// How hwID stands in its extension.
    package enum HWIDForm: Hashable, Sendable {
        /// The bytes themselves, without any ASN.1 header.
        case raw
        /// As an OCTET STRING.
        case wrapped
        case missing
    }

    package let product: FixtureProduct
    package var kind: Kind
    package var validity: FixtureValidity
    package var tcb: FixtureTCB
    package var hwID: [UInt8]
    package var hwIDForm: HWIDForm
    package var hasFMC: Bool
    /// CSP_ID of a VLEK.
    package var cloud: String?
    package var productName: String
    package var commonName: String
    package var issuer: FixtureRole
    package var scheme = FixtureKey.Scheme.pssSHA384
    package var extraExtensions: [FixtureExtension] = []

    /// A right one: seven years for a chip, one for a cloud.
    package init(
        _ product: FixtureProduct, kind: Kind, chipID: [UInt8], tcb: FixtureTCB? = nil, at now: Timestamp
    ) {
        self.product = product
        self.kind = kind
        validity = .from(now, years: kind == .vcek ? 7 : 1)
        self.tcb = tcb ?? .current(product)
        hwID = Array(chipID.prefix(product.chipIDBytes))
        hwIDForm = kind == .vcek ? .raw : .missing
        hasFMC = product.hasFMC
        cloud = kind == .vlek ? "CN=cc-test.cloud.example" : nil
        productName = kind == .vcek ? product.productName : product.chainName
        commonName = kind == .vcek ? "SEV-VCEK" : "SEV-VLEK"
        issuer = kind == .vcek ? .ask : .asvk
    }

    /// AMD's extensions in AMD's order.
    package var extensions: [FixtureExtension] {
        func version(_ part: UInt64, _ value: UInt8) -> FixtureExtension {
            .amd([3, part], DER.integer(UInt64(value)))
        }
        var list: [FixtureExtension] = [
            .amd([1], DER.integer(product.structureVersion)), .amd([2], DER.ia5(productName)),
        ]
        if hasFMC { list.append(version(9, tcb.fmc)) }
        list += [version(1, tcb.bootloader), version(2, tcb.tee)]
        if product.hasFMC { list.append(version(3, tcb.snp)) } else { list.append(version(4, 0)) }
        list += [version(5, 0), version(6, 0), version(7, 0)]
        if !product.hasFMC { list.append(version(3, tcb.snp)) }
        list.append(version(8, tcb.microcode))
        switch hwIDForm {
        case .raw: list.append(.amd([4], hwID))
        case .wrapped: list.append(.amd([4], DER.octets(hwID)))
        case .missing: break
        }
        if let cloud { list.append(.amd([5], DER.ia5(cloud))) }
        return list + extraExtensions
    }

    /// DER of the certificate for `key`.
    package func certified(_ key: FixtureKey, in chain: FixtureChain) throws -> [UInt8] {
        var certificate = FixtureCertificate(
            serial: 0, issuer: issuer.commonName(product), subject: commonName, notBefore: validity.notBefore,
            notAfter: validity.notAfter, extensions: extensions)
        certificate.scheme = scheme
        return try certificate.signed(for: key, by: chain.key(issuer))
    }
}
