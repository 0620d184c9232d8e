public import Ethereum
public import Primitives

/// Signs requests to others as ERC-8128 wants it, in the revision that the other one takes.
public struct RequestSigner: Sendable {
    /// How long a signature is good, in seconds: what every verifier has to take.
    public static let validitySeconds: Int64 = 60
    /// Random bytes of a nonce: 128 bits.
    private static let nonceBytes = 16

    private let key: WalletKey
    private let chainID: UInt64
    private let revision: SignatureRevision

    /// A field line to be added to the request.
    public struct Field: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Its value.
        public let value: String
    }

    /// A signer with the key of an account, which names this chain.
    public init(key: WalletKey, chainID: UInt64, revision: SignatureRevision) {
        self.key = key
        self.chainID = chainID
        self.revision = revision
    }

    /// The fields that make `message` a signed one. `content` is its body; `nonce` is chosen at random.
    public func fields(
        for message: SignedMessage, content: [UInt8], at now: Timestamp, random: some RandomSource
    ) throws -> [Field] {
        let nonce = Base64.encodeURL(random.bytes(RequestSigner.nonceBytes))
        return try fields(for: message, content: content, created: now.unixSeconds, nonce: nonce)
    }

    func fields(
        for message: SignedMessage, content: [UInt8], created: Int64, nonce: String
    ) throws -> [Field] {
        var fields: [Field] = []
        var message = message
        if !content.isEmpty {
            let digest = ContentDigest(of: content).text
            fields.append(Field(name: "Content-Digest", value: digest))
            message = message.with(SignatureCoverage.digestField, digest)
        }
        let components = SignatureCoverage.required(for: message, revision).map {
            StructuredItem(value: .string($0), parameters: StructuredParameters())
        }
        let parameters = parameters(created: created, nonce: nonce)
        let base = try SignatureBase.text(of: message, components: components, parameters: parameters)
        let signature = key.sign(personalMessage: Array(base.utf8)).bytes
        let list = StructuredDictionary.Value.list(components, parameters).text
        return fields + [
            Field(name: "Signature-Input", value: "eth=\(list)"),
            Field(name: "Signature", value: "eth=\(BareItem.bytes(signature).text)"),
        ]
    }

    private func parameters(created: Int64, nonce: String) -> StructuredParameters {
        var parameters = StructuredParameters()
        parameters.set("created", .integer(created))
        parameters.set("expires", .integer(created + RequestSigner.validitySeconds))
        parameters.set("nonce", .string(nonce))
        if revision == .b { parameters.set("tag", .string(SignatureRevision.tag)) }
        parameters.set("keyid", .string(AccountID(chainID: chainID, address: key.address).keyID(revision)))
        return parameters
    }
}

extension SignedMessage {
    /// The same with one field more, or another value of it.
    fileprivate func with(_ name: String, _ value: String) -> SignedMessage {
        SignedMessage(method: method, origin: origin, path: path, query: query, hasContent: hasContent) {
            [self] in $0 == name ? [value] : field($0).map { [$0] } ?? []
        }
    }
}
