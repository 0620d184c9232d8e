import Cryptography

/// `Content-Digest` (RFC 9530): a dictionary of digests over the content as it was received.
struct ContentDigest: Hashable, Sendable {
    /// The one algorithm that counts here; others are passed over.
    private static let algorithm = "sha-256"

    /// SHA-256 of the content, 32 bytes.
    let sha256: [UInt8]

    /// Reads the field. Throws `badDigest` if it is no dictionary, or has no SHA-256 of 32 bytes.
    init(_ text: String) throws(RequestSignatureError) {
        guard let dictionary = try? StructuredDictionary(parsing: text),
            case .item(let item)? = dictionary[ContentDigest.algorithm], let bytes = item.value.bytes,
            bytes.count == SHA256.digestBytes
        else { throw .badDigest }
        sha256 = bytes
    }

    /// The digest of a content.
    init(of content: [UInt8]) {
        sha256 = SHA256.hash(content)
    }

    /// The field's value.
    var text: String { "\(ContentDigest.algorithm)=\(BareItem.bytes(sha256).text)" }
}
