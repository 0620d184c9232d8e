import Cryptography
package import Primitives

/// A certificate before it is signed. Every member can be set.
package struct FixtureCertificate: Sendable {
    package var serial: UInt64
    package var issuer: String
    package var subject: String
    package var notBefore: Timestamp
    package var notAfter: Timestamp
    package var extensions: [FixtureExtension]
    package var scheme = FixtureKey.Scheme.pssSHA384

    package init(
        serial: UInt64, issuer: String, subject: String, notBefore: Timestamp, notAfter: Timestamp,
        extensions: [FixtureExtension]
    ) {
        self.serial = serial
        self.issuer = issuer
        self.subject = subject
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.extensions = extensions
    }

    /// DER of the certificate for `key`, signed by `signer`.
    package func signed(for key: FixtureKey, by signer: FixtureKey) throws -> [UInt8] {
        let body = DER.sequence([
            DER.tagged(0, DER.integer(2)), DER.integer(serial), FixtureCertificate.algorithm(scheme),
            FixtureCertificate.name(issuer), DER.sequence([DER.time(notBefore), DER.time(notAfter)]),
            FixtureCertificate.name(subject), key.publicDER, DER.tagged(3, DER.sequence(extensions.map(\.der))),
        ])
        return try FixtureCertificate.signed(body, scheme, by: signer)
    }

    static func signed(_ body: [UInt8], _ scheme: FixtureKey.Scheme, by signer: FixtureKey) throws -> [UInt8] {
        DER.sequence([body, algorithm(scheme), DER.bits(try signer.sign(body, scheme))])
    }

    /// A key identifier (RFC 7093 section 2: the first 20 bytes of SHA-256).
    static func identifier(of key: FixtureKey) -> [UInt8] { Array(SHA256.hash(key.publicDER).prefix(20)) }

    /// AMD's name, in AMD's order.
    static func name(_ commonName: String) -> [UInt8] {
        let parts: [(UInt64, [UInt8])] = [
            (11, DER.utf8("Engineering")), (6, DER.printable("US")), (7, DER.utf8("Santa Clara")), (8, DER.utf8("CA")),
            (10, DER.utf8("Advanced Micro Devices")), (3, DER.utf8(commonName)),
        ]
        return DER.sequence(parts.map { DER.set(DER.sequence([DER.object([2, 5, 4, $0.0]), $0.1])) })
    }

    static func algorithm(_ scheme: FixtureKey.Scheme) -> [UInt8] {
        switch scheme {
        case .pssSHA384: pss(digest: [2, 16, 840, 1, 101, 3, 4, 2, 2], salt: 48)
        case .pssSHA256: pss(digest: [2, 16, 840, 1, 101, 3, 4, 2, 1], salt: 32)
        case .pkcs1SHA384: DER.sequence([DER.object([1, 2, 840, 113549, 1, 1, 12]), DER.null])
        case .ecdsaSHA384: DER.sequence([DER.object([1, 2, 840, 10045, 4, 3, 3])])
        }
    }

    private static func pss(digest: [UInt64], salt: UInt64) -> [UInt8] {
        let hash = DER.sequence([DER.object(digest), DER.null])
        let mask = DER.sequence([DER.object([1, 2, 840, 113549, 1, 1, 8]), hash])
        return DER.sequence([
            DER.object([1, 2, 840, 113549, 1, 1, 10]),
            DER.sequence([DER.tagged(0, hash), DER.tagged(1, mask), DER.tagged(2, DER.integer(salt))]),
        ])
    }
}
