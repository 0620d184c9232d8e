/// The frame that certificates and revocation lists share (RFC 5280 sections 4.1.1 and 5.1.1): what is signed, how, and
/// the signature.
struct SignedDER: Hashable, Sendable {
    let der: [UInt8]
    /// The signed part, its header included.
    let signed: Range<Int>
    let signedContent: Range<Int>
    /// The algorithm as the frame names it; the signed part has to name the same bytes.
    let algorithm: SignatureAlgorithm
    let algorithmDER: Range<Int>
    let signature: [UInt8]

    init(_ der: [UInt8], _ what: String) throws(DERFault) {
        var outer = DERReader(der)
        var frame = try outer.inside(.sequence, what)
        try outer.end(of: what)
        let signed = try frame.element(.sequence, what)
        var look = frame
        algorithm = try SignatureAlgorithm(&frame, "\(what): signature algorithm")
        algorithmDER = try look.element("\(what): signature algorithm").whole
        signature = try frame.wholeBytes("\(what): signature")
        try frame.end(of: what)
        self.der = der
        self.signed = signed.whole
        signedContent = signed.content
    }

    /// Takes the algorithm inside the signed part and fails if it is another one.
    func takeAlgorithm(_ reader: inout DERReader, _ what: String) throws(DERFault) {
        let inner = try reader.element(.sequence, "\(what): signature algorithm")
        guard der[inner.whole].elementsEqual(der[algorithmDER]) else {
            throw DERFault(detail: "\(what): it names two signature algorithms")
        }
    }

    /// Whether `key`, an RSA key as SubjectPublicKeyInfo, made the signature. False for every other algorithm than
    /// RSASSA-PSS with SHA-384.
    func isSigned(by key: X509PublicKey) -> Bool {
        guard algorithm == .rsaPSSWithSHA384, case .rsa = key.kind else { return false }
        return RSAPSS.isValid(signature: signature, over: der[signed], spki: key.der)
    }
}
