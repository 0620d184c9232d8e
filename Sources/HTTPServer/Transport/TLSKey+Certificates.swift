import COpenSSL
public import Primitives

extension TLSKey {
    /// The longest common name that a subject may hold: RFC 5280 appendix A.1, `ub-common-name`.
    static let maximumCommonName = 64

    /// A request for a certificate (PKCS#10, RFC 2986) that an authority can sign, as PEM text. Subject and alternative
    /// name say `name`. Throws when OpenSSL refuses, which only lack of memory explains.
    public func certificateRequest(for name: TLSName) throws(TLSError) -> [UInt8] {
        guard let request = X509_REQ_new() else { throw .ofOpenSSL }
        defer { X509_REQ_free(request) }
        guard let subject = X509_REQ_get_subject_name(request), TLSKey.write(name, into: subject) else {
            throw .ofOpenSSL
        }
        let alternative = try TLSKey.alternative(name)
        defer { X509_EXTENSION_free(alternative) }
        guard X509_REQ_set_version(request, 0) == 1, X509_REQ_set_pubkey(request, pointer) == 1,
            openssl_request_extension(request, alternative) == 1,
            X509_REQ_sign(request, pointer, EVP_sha256()) > 0
        else { throw .ofOpenSSL }
        return try TLSKey.pem { PEM_write_bio_X509_REQ($0, request) }
    }

    /// A certificate by the key itself, as PEM text: no authority stands behind it, so clients trust it by its key
    /// alone, until one from an authority is installed. It names no end, for the key ends with the process (RFC 5280
    /// section 4.1.2.5). Throws when OpenSSL refuses, which only lack of memory explains.
    public func selfSignedCertificate(for name: TLSName, from start: Timestamp) throws(TLSError) -> [UInt8] {
        guard let certificate = X509_new() else { throw .ofOpenSSL }
        defer { X509_free(certificate) }
        guard X509_set_version(certificate, 2) == 1, setSerial(of: certificate),
            let subject = X509_get_subject_name(certificate), TLSKey.write(name, into: subject),
            X509_set_issuer_name(certificate, subject) == 1, X509_set_pubkey(certificate, pointer) == 1,
            ASN1_TIME_set(X509_getm_notBefore(certificate), time_t(start.unixSeconds)) != nil,
            ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z") == 1
        else { throw .ofOpenSSL }
        let alternative = try TLSKey.alternative(name)
        defer { X509_EXTENSION_free(alternative) }
        guard X509_add_ext(certificate, alternative, -1) == 1,
            openssl_add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") == 1,
            openssl_add_extension(certificate, NID_key_usage, "critical,digitalSignature") == 1,
            openssl_add_extension(certificate, NID_ext_key_usage, "serverAuth") == 1,
            openssl_add_extension(certificate, NID_subject_key_identifier, "hash") == 1,
            X509_sign(certificate, pointer, EVP_sha256()) > 0
        else { throw .ofOpenSSL }
        return try TLSKey.pem { PEM_write_bio_X509($0, certificate) }
    }

    /// The serial number is the key's hash, cut to 127 bits: positive, at most 20 bytes, and another for each key.
    private func setSerial(of certificate: OpaquePointer) -> Bool {
        var bytes = Array(spkiSHA256[..<16])
        bytes[0] &= 0x7F
        guard let number = BN_bin2bn(bytes, CInt(bytes.count), nil) else { return false }
        defer { BN_free(number) }
        return BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
    }

    /// Adds the common name, unless it is too long for one; the alternative name is what counts.
    private static func write(_ name: TLSName, into subject: OpaquePointer) -> Bool {
        let text = Array(name.text.utf8)
        guard text.count <= maximumCommonName else { return true }
        return X509_NAME_add_entry_by_NID(subject, NID_commonName, V_ASN1_UTF8STRING, text, CInt(text.count), -1, 0)
            == 1
    }

    /// Critical where the subject is empty, RFC 5280 section 4.2.1.6.
    private static func alternative(_ name: TLSName) throws(TLSError) -> OpaquePointer {
        let bytes = name.bytes
        let isCritical = name.text.utf8.count > maximumCommonName
        guard
            let extensionValue = openssl_alternative_name(
                bytes, CInt(bytes.count), name.isAddress ? 1 : 0, isCritical ? 1 : 0)
        else { throw .ofOpenSSL }
        return extensionValue
    }

    private static func pem(_ write: (OpaquePointer) -> CInt) throws(TLSError) -> [UInt8] {
        guard let memory = BIO_new(BIO_s_mem()) else { throw .ofOpenSSL }
        defer { BIO_free(memory) }
        var start: UnsafeMutablePointer<CChar>?
        guard write(memory) == 1 else { throw .ofOpenSSL }
        let count = openssl_written(memory, &start)
        guard let start, count > 0 else { throw .ofOpenSSL }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
