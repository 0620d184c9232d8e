import COpenSSL
import EventLoops
import Glibc

/// What TLS connections share: certificate, key, protocol settings.
final class TLSContext: Sendable {
    /// Only read by connections; OpenSSL counts its references with atomics.
    nonisolated(unsafe) let pointer: OpaquePointer  // proof: after `init` only SSL_new reads it
    /// Of the first certificate's key, as it stands there.
    let spkiSHA256: [UInt8]

    init(_ configuration: TLSConfiguration) throws {
        guard let pointer = SSL_CTX_new(TLS_server_method()) else { throw TLSError.ofOpenSSL }
        do {
            guard openssl_prepare_server(pointer) == 1 else { throw TLSError.ofOpenSSL }
            spkiSHA256 = try TLSContext.withPEM(configuration.certificateChain) {
                try TLSContext.useChain($0, in: pointer)
            }
            switch configuration.privateKey {
            case .given(let source): try TLSContext.withPEM(source) { try TLSContext.useKey($0, in: pointer) }
            case .inside(let key):
                guard key.spkiSHA256 == spkiSHA256 else { throw TLSError.keyDoesNotMatch }
                try TLSContext.use(key.pointer, in: pointer)
            }
            self.pointer = pointer
        } catch {
            SSL_CTX_free(pointer)
            throw error
        }
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    /// Returns the hash of the first certificate's key.
    private static func useChain(_ source: OpaquePointer, in pointer: OpaquePointer) throws(TLSError) -> [UInt8] {
        guard let first = PEM_read_bio_X509_AUX(source, nil, nil, nil) else {
            ERR_clear_error()
            throw .noCertificate
        }
        defer { X509_free(first) }
        guard SSL_CTX_use_certificate(pointer, first) == 1, let hash = SPKIHash.of(certificate: first) else {
            throw .ofOpenSSL
        }
        while let next = PEM_read_bio_X509(source, nil, nil, nil) {
            defer { X509_free(next) }
            guard openssl_add_chain_certificate(pointer, next) == 1 else { throw .ofOpenSSL }
        }
        ERR_clear_error()
        return hash
    }

    private static func useKey(_ source: OpaquePointer, in pointer: OpaquePointer) throws(TLSError) {
        guard let key = openssl_read_private_key(source) else {
            ERR_clear_error()
            throw .noPrivateKey
        }
        defer { EVP_PKEY_free(key) }
        try use(key, in: pointer)
    }

    private static func use(_ key: OpaquePointer, in pointer: OpaquePointer) throws(TLSError) {
        guard SSL_CTX_use_PrivateKey(pointer, key) == 1, SSL_CTX_check_private_key(pointer) == 1 else {
            ERR_clear_error()
            throw .keyDoesNotMatch
        }
    }

    private static func withPEM<R>(_ source: TLSConfiguration.Source, _ body: (OpaquePointer) throws -> R) throws -> R {
        var bytes: [UInt8]
        switch source {
        case .bytes(let given): bytes = given
        case .file(let path): bytes = try read(path)
        }
        defer { if case .file = source { bytes.wipe() } }
        return try bytes.withUnsafeBytes { bytes in
            guard let memory = BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count)) else { throw TLSError.ofOpenSSL }
            defer { BIO_free(memory) }
            return try body(memory)
        }
    }

    /// PEM files are a few kilobytes; more than this is not one.
    private static let maximumFileBytes = 1 << 20

    private static func read(_ path: String) throws(TLSError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .unreadable(path: path, reason: SystemError.last("open").description) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: maximumFileBytes)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                Glibc.read(file, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            guard got >= 0 else { throw .unreadable(path: path, reason: SystemError.last("read").description) }
            if got == 0 { break }
            count += got
        }
        defer { bytes.wipe() }
        return Array(bytes[..<count])
    }
}
