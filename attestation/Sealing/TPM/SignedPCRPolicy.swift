import Cryptography

/// A PCR policy that an authority approved: `openssl dgst -sha256 -sign KEY` over the 32 bytes of its digest.
public struct SignedPCRPolicy: Hashable, Sendable {
    /// The digest of PolicyPCR.
    public let digest: [UInt8]
    private let r: [UInt8]
    private let s: [UInt8]

    /// A policy by its digest, 32 bytes, and the signature in DER (RFC 3279 section 2.2.3). Nil unless both have that
    /// form; whether the signature is right the TPM finds.
    public init?(digest: [UInt8], signature: [UInt8]) {
        guard digest.count == SHA256.digestBytes, signature.count >= 2, signature[0] == 0x30,
            Int(signature[1]) == signature.count - 2
        else { return nil }
        var rest = signature.dropFirst(2)
        guard let r = SignedPCRPolicy.integer(&rest), let s = SignedPCRPolicy.integer(&rest), rest.isEmpty else {
            return nil
        }
        self.digest = digest
        self.r = r
        self.s = s
    }

    /// A positive DER integer as 32 bytes.
    private static func integer(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard bytes.popFirst() == 0x02, let count = bytes.popFirst(), (1...33).contains(count), bytes.count >= count
        else { return nil }
        var value = bytes.prefix(Int(count))
        bytes = bytes.dropFirst(Int(count))
        guard let first = value.first, first < 0x80 else { return nil }
        if first == 0 { value = value.dropFirst() }
        guard value.count <= 32 else { return nil }
        return [UInt8](repeating: 0, count: 32 - value.count) + value
    }

    /// TPMT_SIGNATURE.
    var signature: [UInt8] {
        var bytes = TPMBytes()
        bytes.put(TPMBytes.Code.ecdsa)
        bytes.put(TPMBytes.Code.sha256)
        bytes.put(sized: r)
        bytes.put(sized: s)
        return bytes.bytes
    }
}
