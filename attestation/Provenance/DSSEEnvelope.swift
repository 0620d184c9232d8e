public import Cryptography
import Primitives

/// A signed document in the Dead Simple Signing Envelope, version 1 (secure-systems-lab/dsse, protocol.md and
/// envelope.md 1.0.2): the signature covers the payload's type together with its exact bytes, so that nothing has to be
/// written anew to be verified and no document passes for one of another type.
///
/// Signatures are Ed25519. It needs no random number, so a release that is built and signed again gives the same file
/// byte for byte, which is what a reproducible release is compared by; and `openssl` makes and checks such keys.
///
/// An empty list of signatures, which the specification leaves out, stands for an unsigned build: the statement is the
/// same, and `isSigned` is false.
public struct DSSEEnvelope: Hashable, Sendable {
    /// What an in-toto statement is called in `payloadType`.
    public static let inTotoType = "application/vnd.in-toto+json"
    /// Longest file that is read. A statement with a hundred libraries takes some 20 KiB.
    public static let maximumBytes = 262_144
    /// Most signatures that are read: each costs a verification for every trusted key.
    public static let maximumSignatures = 16

    /// One signature with the name of the key that is said to have made it.
    public struct Signature: Hashable, Sendable {
        /// A hint, not covered by the signature: nothing is decided by it.
        public let keyID: String
        /// The signature's bytes.
        public let bytes: [UInt8]

        /// A signature and its hint.
        public init(keyID: String, bytes: [UInt8]) {
            self.keyID = keyID
            self.bytes = bytes
        }
    }

    /// How the payload is to be read; signed together with it.
    public let payloadType: String
    /// The document.
    public let payload: [UInt8]
    /// None for an unsigned build.
    public let signatures: [Signature]

    /// An envelope by its parts.
    public init(payloadType: String, payload: [UInt8], signatures: [Signature]) {
        self.payloadType = payloadType
        self.payload = payload
        self.signatures = signatures
    }

    /// An envelope over `payload`, signed by `keys`; the hint is each key's thumbprint.
    public init(payloadType: String, payload: [UInt8], signedBy keys: [Ed25519PrivateKey]) {
        let message = DSSEEnvelope.preAuthenticationEncoding(type: payloadType, body: payload)
        self.init(
            payloadType: payloadType, payload: payload,
            signatures: keys.map { Signature(keyID: $0.publicKey.thumbprint, bytes: $0.sign(message)) })
    }

    /// Reads an envelope. The three members must be there and right; others are ignored, as envelope.md asks, since no
    /// signature covers them. Both alphabets of base64 are read, with padding.
    public init(parsing bytes: [UInt8]) throws(EnvelopeFault) {
        guard bytes.count <= DSSEEnvelope.maximumBytes else { throw .tooLong }
        guard let json = try? JSON(parsing: bytes), json.members != nil else { throw .notJSON }
        guard let type = json["payloadType"]?.string, !type.isEmpty else { throw .member("payloadType") }
        guard let payload = json["payload"]?.string.flatMap(DSSEEnvelope.decoded) else { throw .member("payload") }
        guard let list = json["signatures"]?.array else { throw .member("signatures") }
        guard list.count <= DSSEEnvelope.maximumSignatures else { throw .tooManySignatures }
        var signatures: [Signature] = []
        for each in list {
            guard let bytes = each["sig"]?.string.flatMap(DSSEEnvelope.decoded), !bytes.isEmpty else {
                throw .member("sig")
            }
            let keyID = each["keyid"] ?? ""
            guard let keyID = keyID.string else { throw .member("keyid") }
            signatures.append(Signature(keyID: keyID, bytes: bytes))
        }
        self.init(payloadType: type, payload: payload, signatures: signatures)
    }

    /// The envelope as a file: compact JSON and a line end.
    public var fileBytes: [UInt8] {
        let list = signatures.map { signature -> JSON in
            ["keyid": .string(signature.keyID), "sig": .string(Base64.encode(signature.bytes))]
        }
        let json: JSON = [
            "payload": .string(Base64.encode(payload)), "payloadType": .string(payloadType),
            "signatures": .array(list),
        ]
        return json.bytes + [0x0A]
    }

    /// Whether anybody put a signature on it; says nothing about its being good.
    public var isSigned: Bool { !signatures.isEmpty }

    /// Those of `trusted` that have signed this payload under this type. The hints play no part: each signature is
    /// tried with each key, and a key counts once however often it signed.
    public func signers(among trusted: Set<Ed25519PublicKey>) -> Set<Ed25519PublicKey> {
        let message = DSSEEnvelope.preAuthenticationEncoding(type: payloadType, body: payload)
        return trusted.filter { key in signatures.contains { key.isValid(signature: $0.bytes, over: message) } }
    }

    /// What is signed (protocol.md): `DSSEv1`, the type's length in bytes, the type, the body's length, the body, with
    /// one space between.
    static func preAuthenticationEncoding(type: String, body: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8) + body
    }

    private static func decoded(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map { digit -> UInt8 in
            switch digit {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: digit
            }
        }
        return Base64.decode(String(decoding: digits, as: UTF8.self))
    }
}
