import Primitives

/// A signature of the request that may be of this use, as it was read: nothing about it is believed yet.
struct SignatureCandidate: Hashable, Sendable {
    /// The longest signature: a key's has 65 bytes, a contract's may be a structure.
    static let maximumSignatureBytes = 8 << 10
    /// Candidates of one request.
    static let maximumCount = 8
    /// The longest nonce (ERC-8128 section 3.1.2).
    static let maximumNonceBytes = 128

    let revision: SignatureRevision
    let components: [StructuredItem]
    let parameters: StructuredParameters
    /// Nil if nothing in `Signature` belongs to it.
    let signature: [UInt8]?

    /// Those of a request in wire order. Throws what refuses the request as a whole.
    static func all(
        in message: SignedMessage, _ revisions: Set<SignatureRevision>
    ) throws(RequestSignatureError) -> [SignatureCandidate] {
        guard let input = message.field("signature-input"), let signatures = message.field("signature") else {
            throw .missing
        }
        let members = try dictionary(input)
        let values = try dictionary(signatures)
        var candidates: [SignatureCandidate] = []
        for member in members.members {
            guard case .list(let components, let parameters) = member.value,
                let revision = SignatureRevision(claimedBy: parameters, among: revisions)
            else { continue }
            guard candidates.count < maximumCount else { throw .tooLarge }
            var signature: [UInt8]?
            if case .item(let item)? = values[member.name] { signature = item.value.bytes }
            guard (signature?.count ?? 0) <= maximumSignatureBytes else { throw .tooLarge }
            candidates.append(
                SignatureCandidate(
                    revision: revision, components: components, parameters: parameters, signature: signature))
        }
        return candidates
    }

    private static func dictionary(_ text: String) throws(RequestSignatureError) -> StructuredDictionary {
        do throws(StructuredFieldError) {
            return try StructuredDictionary(parsing: text)
        } catch {
            throw error == .tooLarge ? .tooLarge : .inputInvalid
        }
    }

    /// Everything about it that needs neither cryptography nor the content: what it claims, if it may claim that.
    func claim(
        in message: SignedMessage, chains: [UInt64], at now: Timestamp
    ) throws(RequestSignatureError) -> RequestClaim {
        guard let signature else { throw .inputInvalid }
        guard parameters["alg"] == nil else { throw .unsupportedAlgorithm }
        guard let account = parameters["keyid"]?.string.flatMap({ AccountID($0, revision) }) else {
            throw .invalidKeyID
        }
        guard chains.contains(account.chainID) else { throw .unsupportedChain }
        let window = try SignatureWindow(parameters)
        try window.check(at: now)
        let nonce = try nonce()
        guard SignatureCoverage.isSufficient(components, for: message, revision) else { throw .insufficientCoverage }
        var digest: ContentDigest?
        if let text = message.field(SignatureCoverage.digestField) { digest = try ContentDigest(text) }
        guard digest != nil || !message.hasContent else { throw .digestRequired }
        return RequestClaim(
            account: account, window: window, nonce: nonce, digest: digest, signature: signature,
            base: try base(of: message))
    }

    /// Its own nonce: without one the request could be sent again.
    private func nonce() throws(RequestSignatureError) -> String {
        guard let item = parameters["nonce"] else { throw .nonceRequired }
        // Strings of structured fields are ASCII.
        guard let text = item.string, (1...SignatureCandidate.maximumNonceBytes).contains(text.utf8.count) else {
            throw .invalidNonce
        }
        return text
    }

    private func base(of message: SignedMessage) throws(RequestSignatureError) -> String {
        do throws(SignatureBase.Fault) {
            return try SignatureBase.text(of: message, components: components, parameters: parameters)
        } catch {
            switch error {
            case .malformed: throw .inputInvalid
            case .unknown: throw .notAcceptable
            case .absent: throw .badSignature
            }
        }
    }
}
