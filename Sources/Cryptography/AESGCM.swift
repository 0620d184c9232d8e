import COpenSSL

/// Why a sealed text was not opened.
public enum AESGCMError: Error, Hashable, Sendable {
    /// The nonce is not 12 bytes, or the text is shorter than a tag.
    case malformed
    /// The tag does not fit: wrong key, nonce or associated data, or altered bytes. Which one cannot be told.
    case notAuthentic
    /// The opened text had no place in secret memory.
    case memory(SecretError)
}

/// AES-256-GCM (NIST SP 800-38D) with a 96-bit nonce and the full 128-bit tag, by OpenSSL.
///
/// A nonce must never repeat under one key: random nonces are good for 2^32 messages a key. GCM does not commit to its
/// key; where that matters the caller adds a commitment.
public enum AESGCM {
    /// Bytes of a key.
    public static let keyBytes = 32
    /// Bytes of a nonce.
    public static let nonceBytes = 12
    /// Bytes of a tag.
    public static let tagBytes = 16

    /// The ciphertext followed by the tag. `key` is 32 bytes, `nonce` 12; the text is below 2 GiB.
    public static func seal(
        _ plaintext: UnsafeRawBufferPointer, key: Secret, nonce: [UInt8], associated: [UInt8]
    ) -> [UInt8] {
        precondition(key.count == keyBytes && nonce.count == nonceBytes, "AES-256-GCM: 32-byte key, 12-byte nonce")
        let context = prepared(key: key, nonce: nonce, associated: associated, sealing: 1)
        defer { EVP_CIPHER_CTX_free(context) }
        let size = plaintext.count + tagBytes
        return [UInt8](unsafeUninitializedCapacity: size) { sealed, count in
            guard let start = sealed.baseAddress else { return }
            transform(plaintext, into: start, context)
            var none: CInt = 0
            mustSucceed(EVP_EncryptFinal_ex(context, start + plaintext.count, &none))
            mustSucceed(
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CInt(tagBytes), start + plaintext.count))
            count = size
        }
    }

    /// The ciphertext followed by the tag.
    public static func seal(_ plaintext: [UInt8], key: Secret, nonce: [UInt8], associated: [UInt8]) -> [UInt8] {
        plaintext.withUnsafeBytes { seal($0, key: key, nonce: nonce, associated: associated) }
    }

    /// The ciphertext of a secret followed by the tag.
    public static func seal(_ plaintext: Secret, key: Secret, nonce: [UInt8], associated: [UInt8]) -> [UInt8] {
        plaintext.withBytes { seal($0, key: key, nonce: nonce, associated: associated) }
    }

    /// The plaintext of what `seal` returned. Nothing of an unauthentic text gets out.
    public static func open(
        _ sealed: [UInt8], key: Secret, nonce: [UInt8], associated: [UInt8]
    ) throws(AESGCMError) -> [UInt8] {
        let count = try plaintextCount(sealed, nonce)
        var authentic = false
        let plaintext = [UInt8](unsafeUninitializedCapacity: count) { plaintext, filled in
            authentic = open(
                sealed, key: key, nonce: nonce, associated: associated,
                into: UnsafeMutableRawBufferPointer(start: plaintext.baseAddress, count: count))
            filled = count
        }
        guard authentic else { throw .notAuthentic }
        return plaintext
    }

    /// The plaintext straight into locked memory: it never lies anywhere else.
    public static func openSecret(
        _ sealed: [UInt8], key: Secret, nonce: [UInt8], associated: [UInt8]
    ) throws(AESGCMError) -> Secret {
        let count = try plaintextCount(sealed, nonce)
        var authentic = false
        let plaintext: Secret
        do throws(SecretError) {
            plaintext = try Secret(count: count) { plaintext in
                authentic = open(sealed, key: key, nonce: nonce, associated: associated, into: plaintext)
            }
        } catch {
            throw .memory(error)
        }
        guard authentic else { throw .notAuthentic }
        return plaintext
    }

    private static func plaintextCount(_ sealed: [UInt8], _ nonce: [UInt8]) throws(AESGCMError) -> Int {
        guard nonce.count == nonceBytes, sealed.count >= tagBytes else { throw .malformed }
        return sealed.count - tagBytes
    }

    /// Fills `plaintext` and says whether the tag fits; zeroes what was written if not.
    private static func open(
        _ sealed: [UInt8], key: Secret, nonce: [UInt8], associated: [UInt8],
        into plaintext: UnsafeMutableRawBufferPointer
    ) -> Bool {
        precondition(key.count == keyBytes, "AES-256-GCM: 32-byte key")
        let context = prepared(key: key, nonce: nonce, associated: associated, sealing: 0)
        defer { EVP_CIPHER_CTX_free(context) }
        var tag = Array(sealed.suffix(tagBytes))
        sealed.withUnsafeBytes { sealed in
            let ciphertext = UnsafeRawBufferPointer(rebasing: sealed.dropLast(tagBytes))
            transform(ciphertext, into: plaintext.baseAddress, context)
        }
        mustSucceed(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(tagBytes), &tag))
        var none: CInt = 0
        var end: UInt8 = 0
        let authentic = EVP_DecryptFinal_ex(context, &end, &none) == 1
        if !authentic {
            Wipe.memory(plaintext)
            forgetErrors()
        }
        return authentic
    }

    /// A context with key, nonce and associated data in place.
    private static func prepared(
        key: Secret, nonce: [UInt8], associated: [UInt8], sealing: CInt
    ) -> OpaquePointer {
        let context = allocated(EVP_CIPHER_CTX_new())
        key.withBytes { key in
            let start = key.baseAddress?.assumingMemoryBound(to: UInt8.self)
            mustSucceed(EVP_CipherInit_ex2(context, Algorithms.aesGCM, start, nonce, sealing, nil))
        }
        if !associated.isEmpty {
            var taken: CInt = 0
            mustSucceed(EVP_CipherUpdate(context, nil, &taken, associated, CInt(associated.count)))
        }
        return context
    }

    private static func transform(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawPointer?, _ context: OpaquePointer
    ) {
        guard let start = input.baseAddress, input.count > 0 else { return }
        var written: CInt = 0
        mustSucceed(
            EVP_CipherUpdate(
                context, output?.assumingMemoryBound(to: UInt8.self), &written,
                start.assumingMemoryBound(to: UInt8.self), CInt(input.count)))
    }
}
