package import Primitives

/// Root and intermediates of one product under AMD's names, with keys of our own.
package struct FixtureChain: Sendable {
    package let product: FixtureProduct
    /// DER by role. What is wrong with a chain is put in here.
    package var certificates: [FixtureRole: [UInt8]]
    private let keys: FixtureKeys

    /// A chain like AMD's: 25 years, the root signs itself and both intermediates.
    package init(
        _ product: FixtureProduct, validity: FixtureValidity, keys: FixtureKeys = .standard
    ) throws {
        self.product = product
        self.keys = keys
        certificates = [:]
        for role in FixtureRole.allCases {
            certificates[role] = try FixtureChain.certificate(role, of: product, validity, keys)
        }
    }

    package var ark: [UInt8] { certificates[.ark] ?? [] }
    package var ask: [UInt8] { certificates[.ask] ?? [] }
    package var asvk: [UInt8] { certificates[.asvk] ?? [] }

    /// The key of an authority of this chain.
    package func key(_ role: FixtureRole) throws -> FixtureKey { try keys.key(role, of: product) }

    /// An authority's certificate before it is signed.
    package static func recipe(
        _ role: FixtureRole, of product: FixtureProduct, _ validity: FixtureValidity, keys: FixtureKeys = .standard
    ) throws -> FixtureCertificate {
        let own = FixtureCertificate.identifier(of: try keys.key(role, of: product))
        let root = FixtureCertificate.identifier(of: try keys.key(.ark, of: product))
        let extensions: [FixtureExtension] =
            role == .ark
            ? [
                .keyUsage(signsCRLs: true), .subjectKey(own), .basicConstraints(isAuthority: true, pathLength: nil),
            ]
            : [
                .subjectKey(own), .authorityKey(root), .basicConstraints(isAuthority: true, pathLength: 0),
                .keyUsage(signsCRLs: false),
            ]
        return FixtureCertificate(
            serial: product.serial(role), issuer: FixtureRole.ark.commonName(product),
            subject: role.commonName(product), notBefore: validity.notBefore, notAfter: validity.notAfter,
            extensions: extensions)
    }

    private static func certificate(
        _ role: FixtureRole, of product: FixtureProduct, _ validity: FixtureValidity, _ keys: FixtureKeys
    ) throws -> [UInt8] {
        try recipe(role, of: product, validity, keys: keys)
            .signed(for: keys.key(role, of: product), by: keys.key(.ark, of: product))
    }

    /// A revocation list signed by the root, or by another authority to be wrong.
    package func crl(
        revoking serials: [UInt64] = [], thisUpdate: Timestamp, nextUpdate: Timestamp?, number: UInt64 = 1,
        signer: FixtureRole = .ark, isSignerNamed: Bool = false
    ) throws -> [UInt8] {
        let issuer = (isSignerNamed ? signer : .ark).commonName(product)
        let revoked = serials.map { DER.sequence([DER.integer($0), DER.time(thisUpdate)]) }
        let extensions: [FixtureExtension] = [
            .authorityKey(FixtureCertificate.identifier(of: try key(signer))), .crlNumber(number),
        ]
        var body = [
            DER.integer(1), FixtureCertificate.algorithm(.pssSHA384), FixtureCertificate.name(issuer),
            DER.time(thisUpdate),
        ]
        if let nextUpdate { body.append(DER.time(nextUpdate)) }
        if !revoked.isEmpty { body.append(DER.sequence(revoked)) }
        body.append(DER.tagged(0, DER.sequence(extensions.map(\.der))))
        return try FixtureCertificate.signed(DER.sequence(body), .pssSHA384, by: key(signer))
    }

    /// The serial number of an authority's certificate, for lists that revoke it.
    package func serial(_ role: FixtureRole) -> UInt64 { product.serial(role) }
}
