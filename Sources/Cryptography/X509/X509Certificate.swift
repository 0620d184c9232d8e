public import Primitives

/// One X.509 certificate of version 3 (RFC 5280), read strictly from DER. Reading it trusts nothing: whoever uses it
/// asks for each property that matters.
public struct X509Certificate: Hashable, Sendable {
    /// Longer ones are refused unread: AMD's have about 1.7 KB.
    public static let maximumBytes = 16 * 1024

    /// What a certificate may do with its key (RFC 5280 section 4.2.1.3).
    public struct KeyUsage: Hashable, Sendable {
        /// Bit 5: sign certificates.
        public let signsCertificates: Bool
        /// Bit 6: sign revocation lists.
        public let signsRevocationLists: Bool
        /// Whether there is any other use.
        public let hasOthers: Bool
    }

    /// Whether a certificate may issue others (RFC 5280 section 4.2.1.9).
    public struct BasicConstraints: Hashable, Sendable {
        /// Whether it may.
        public let isCA: Bool
        /// How many certificates of issuers may stand between it and the end; nil for no limit.
        public let pathLength: Int?
    }

    /// SHA-256 of the DER.
    public let sha256: [UInt8]
    /// The serial number, big-endian without leading zeros; AMD's chip certificates have zero.
    public let serial: [UInt8]
    /// Who issued it.
    public let issuer: DistinguishedName
    /// Whose key it is.
    public let subject: DistinguishedName
    /// The first moment of validity.
    public let notBefore: Timestamp
    /// The last second of validity.
    public let notAfter: Timestamp
    /// The key.
    public let publicKey: X509PublicKey
    /// Every extension, in the certificate's order; none twice.
    public let extensions: [X509Extension]
    /// Whether it may issue others; nil if it does not say.
    public let basicConstraints: BasicConstraints?
    /// What the key may do; nil if it does not say.
    public let keyUsage: KeyUsage?
    private let frame: SignedDER

    /// Reads exactly one certificate; bytes after it are refused. Throws which part is wrong.
    public init(der: [UInt8]) throws(DERFault) {
        guard der.count <= X509Certificate.maximumBytes else {
            throw DERFault(detail: "certificate: \(der.count) bytes")
        }
        frame = try SignedDER(der, "certificate")
        var fields = DERReader(der, frame.signedContent)
        var version = try fields.inside(.context0, "version")
        guard try version.byte("version") == 2 else { throw DERFault(detail: "version: not 3") }
        try version.end(of: "version")
        serial = try fields.magnitude("serial number")
        try frame.takeAlgorithm(&fields, "certificate")
        issuer = try DistinguishedName(&fields, "issuer")
        var validity = try fields.inside(.sequence, "validity")
        notBefore = try validity.time("notBefore")
        notAfter = try validity.time("notAfter")
        try validity.end(of: "validity")
        subject = try DistinguishedName(&fields, "subject")
        publicKey = try X509PublicKey(&fields, "public key")
        if fields.isAtEnd {
            extensions = []
        } else {
            var wrapper = try fields.inside(.context3, "extensions")
            extensions = try X509Extension.list(&wrapper, "extensions")
            try wrapper.end(of: "extensions")
        }
        try fields.end(of: "certificate")
        basicConstraints = try X509Certificate.basicConstraints(in: extensions)
        keyUsage = try X509Certificate.keyUsage(in: extensions)
        sha256 = SHA256.hash(der)
    }

    /// The certificate as it was read.
    public var der: [UInt8] { frame.der }
    /// How it was signed.
    public var signatureAlgorithm: SignatureAlgorithm { frame.algorithm }

    /// The content of an extension, if there is one of that kind.
    public func value(of oid: OID) -> [UInt8]? {
        extensions.first { $0.oid == oid }?.value
    }

    /// The critical extensions that this type does not read: whoever does not understand them either must refuse.
    public var unknownCriticalExtensions: [OID] {
        let known = [X509Extension.basicConstraints, X509Extension.keyUsage]
        return extensions.filter { $0.isCritical && !known.contains($0.oid) }.map(\.oid)
    }

    /// Whether `now` lies within the validity. The last second counts whole.
    public func isValid(at now: Timestamp) -> Bool {
        notBefore <= now && now < notAfter.adding(seconds: 1)
    }

    /// Whether the key of `issuer` signed this certificate, by RSASSA-PSS with SHA-384. Looks at nothing else: names,
    /// flags and time are the caller's.
    public func isSigned(by issuer: X509Certificate) -> Bool {
        frame.isSigned(by: issuer.publicKey)
    }

    private static func basicConstraints(in extensions: [X509Extension]) throws(DERFault) -> BasicConstraints? {
        let what = "basic constraints"
        guard let found = extensions.first(where: { $0.oid == X509Extension.basicConstraints }) else { return nil }
        var outer = DERReader(found.value)
        var fields = try outer.inside(.sequence, what)
        try outer.end(of: what)
        let isCA = fields.isNext(.boolean) ? try fields.boolean(what) : false
        let pathLength = fields.isAtEnd ? nil : Int(try fields.byte(what))
        try fields.end(of: what)
        return BasicConstraints(isCA: isCA, pathLength: pathLength)
    }

    private static func keyUsage(in extensions: [X509Extension]) throws(DERFault) -> KeyUsage? {
        guard let found = extensions.first(where: { $0.oid == X509Extension.keyUsage }) else { return nil }
        var reader = DERReader(found.value)
        let bits = try reader.content(.bitString, "key usage")
        try reader.end(of: "key usage")
        guard (2...3).contains(bits.count), bits[0] < 8 else { throw DERFault(detail: "key usage: not a set of bits") }
        let others = bits[1] & 0xF9 != 0 || bits.dropFirst(2).contains { $0 != 0 }
        return KeyUsage(
            signsCertificates: bits[1] & 0x04 != 0, signsRevocationLists: bits[1] & 0x02 != 0, hasOthers: others)
    }
}
