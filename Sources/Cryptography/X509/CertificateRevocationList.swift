public import Primitives

/// A list of revoked certificates (RFC 5280 section 5), read strictly from DER: of version 2, without any critical
/// extension, since those change what the list means (a delta, or a part of the whole).
public struct CertificateRevocationList: Hashable, Sendable {
    /// Longer ones are refused unread: AMD's have less than 1 KB.
    public static let maximumBytes = 256 * 1024

    /// Who issued it.
    public let issuer: DistinguishedName
    /// When it was made.
    public let thisUpdate: Timestamp
    /// Until when the next is promised; nil if nothing is promised.
    public let nextUpdate: Timestamp?
    /// The serial numbers of the revoked certificates, big-endian without leading zeros.
    public let revokedSerials: Set<[UInt8]>
    private let frame: SignedDER

    /// Reads exactly one list; bytes after it are refused. Throws which part is wrong.
    public init(der: [UInt8]) throws(DERFault) {
        let what = "revocation list"
        guard der.count <= CertificateRevocationList.maximumBytes else {
            throw DERFault(detail: "\(what): \(der.count) bytes")
        }
        frame = try SignedDER(der, what)
        var fields = DERReader(der, frame.signedContent)
        guard try fields.byte("\(what): version") == 1 else { throw DERFault(detail: "\(what): version is not 2") }
        try frame.takeAlgorithm(&fields, what)
        issuer = try DistinguishedName(&fields, "\(what): issuer")
        thisUpdate = try fields.time("thisUpdate")
        let hasNext = fields.isNext(.utcTime) || fields.isNext(.generalizedTime)
        nextUpdate = hasNext ? try fields.time("nextUpdate") : nil
        revokedSerials = fields.isNext(.sequence) ? try CertificateRevocationList.serials(&fields) : []
        if !fields.isAtEnd {
            var wrapper = try fields.inside(.context0, "\(what): extensions")
            try CertificateRevocationList.takeExtensions(&wrapper, "\(what): extensions")
            try wrapper.end(of: "\(what): extensions")
        }
        try fields.end(of: what)
    }

    /// The list as it was read.
    public var der: [UInt8] { frame.der }
    /// How it was signed.
    public var signatureAlgorithm: SignatureAlgorithm { frame.algorithm }

    /// Whether the key of `issuer` signed this list, by RSASSA-PSS with SHA-384, under its name, and was allowed to.
    public func isSigned(by issuer: X509Certificate) -> Bool {
        self.issuer == issuer.subject && issuer.keyUsage?.signsRevocationLists == true
            && frame.isSigned(by: issuer.publicKey)
    }

    /// Whether the list speaks of `now`: made, and its successor not yet due. One that promises no successor never
    /// does.
    public func isCurrent(at now: Timestamp) -> Bool {
        guard let nextUpdate else { return false }
        return thisUpdate <= now && now < nextUpdate
    }

    private static func serials(_ fields: inout DERReader) throws(DERFault) -> Set<[UInt8]> {
        var serials: Set<[UInt8]> = []
        var entries = try fields.inside(.sequence, "revoked certificates")
        while !entries.isAtEnd {
            var entry = try entries.inside(.sequence, "revoked certificate")
            serials.insert(try entry.magnitude("revoked certificate"))
            _ = try entry.time("revocation date")
            if !entry.isAtEnd { try takeExtensions(&entry, "revoked certificate") }
            try entry.end(of: "revoked certificate")
        }
        return serials
    }

    private static func takeExtensions(_ reader: inout DERReader, _ what: String) throws(DERFault) {
        let extensions = try X509Extension.list(&reader, what)
        if let critical = extensions.first(where: \.isCritical) {
            throw DERFault(detail: "\(what): \(critical.oid) is critical")
        }
    }
}
