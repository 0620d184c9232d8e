/// HKDF under HPKE's labels (RFC 9180 section 4): every derivation names the version, the suite and its purpose.
struct HPKELabels {
    private static let version = Array("HPKE-v1".utf8)
    private let suite: [UInt8]

    /// Section 4.1: derivations inside the KEM.
    static let kem = HPKELabels(suite: Array("KEM".utf8) + bytes(HPKE.kemID))

    /// Section 5.1: derivations of the key schedule. The product has one cipher; published vectors have others.
    static func schedule(aeadID: UInt16) -> HPKELabels {
        HPKELabels(suite: Array("HPKE".utf8) + bytes(HPKE.kemID) + bytes(HPKE.kdfID) + bytes(aeadID))
    }

    /// `LabeledExtract("", label, ikm)` of a secret.
    func extract(_ label: String, _ input: Secret) throws(SecretError) -> Secret {
        let head = HPKELabels.version + suite + Array(label.utf8)
        let labelled = try Secret(count: head.count + input.count) { bytes in
            bytes.copyBytes(from: head)
            input.withBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[head.count...]).copyMemory(from: $0) }
        }
        return try HKDF.extract(salt: [], input: labelled)
    }

    /// `LabeledExtract(salt, label, ikm)` of public bytes. Extraction is an HMAC under the salt (RFC 5869 section
    /// 2.2), which is how the salt stays in secret memory; an absent salt is 32 zero bytes.
    func extract(salt: Secret?, _ label: String, _ input: [UInt8]) throws(SecretError) -> Secret {
        let salt = if let salt { salt } else { try Secret(count: SHA256.digestBytes) { _ in } }
        return try HMACSHA256.secretCode(over: HPKELabels.version, suite, Array(label.utf8), input, key: salt)
    }

    /// `LabeledExpand(prk, label, info, count)`.
    func expand(_ key: Secret, _ label: String, _ info: [UInt8], count: Int) throws(SecretError) -> Secret {
        let labelled = HPKELabels.bytes(UInt16(count)) + HPKELabels.version + suite + Array(label.utf8) + info
        return try HKDF.expand(key, info: labelled, count: count)
    }

    /// Two bytes, big endian (I2OSP).
    static func bytes(_ number: UInt16) -> [UInt8] {
        [UInt8(number >> 8), UInt8(number & 0xFF)]
    }
}
