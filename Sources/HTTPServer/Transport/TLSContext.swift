import COpenSSL
import EventLoops
import Glibc

/// What all TLS connections of a server share: certificate, key, protocol settings.
final class TLSContext: Sendable {
    /// Only read by connections; OpenSSL counts its references with atomics.
    nonisolated(unsafe) let pointer: OpaquePointer  // proof: after `init` only SSL_new reads it

    init(_ configuration: TLSConfiguration) throws {
        guard let pointer = SSL_CTX_new(TLS_server_method()) else { throw TLSContext.lastError }
        self.pointer = pointer
        guard openssl_prepare_server(pointer) == 1 else { throw TLSContext.lastError }
        try TLSContext.withPEM(configuration.certificateChain) { try useChain($0) }
        try TLSContext.withPEM(configuration.privateKey) { try useKey($0) }
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    private func useChain(_ source: OpaquePointer) throws(TLSError) {
        guard let first = PEM_read_bio_X509_AUX(source, nil, nil, nil) else { throw .noCertificate }
        defer { X509_free(first) }
        guard SSL_CTX_use_certificate(pointer, first) == 1 else { throw TLSContext.lastError }
        while let next = PEM_read_bio_X509(source, nil, nil, nil) {
            defer { X509_free(next) }
            guard openssl_add_chain_certificate(pointer, next) == 1 else { throw TLSContext.lastError }
        }
        ERR_clear_error()
    }

    private func useKey(_ source: OpaquePointer) throws(TLSError) {
        guard let key = openssl_read_private_key(source) else { throw .noPrivateKey }
        defer { EVP_PKEY_free(key) }
        guard SSL_CTX_use_PrivateKey(pointer, key) == 1, SSL_CTX_check_private_key(pointer) == 1 else {
            ERR_clear_error()
            throw .keyDoesNotMatch
        }
    }

    private static var lastError: TLSError {
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(ERR_get_error(), &text, text.count)
        ERR_clear_error()
        return .refused(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    private static func withPEM(_ source: TLSConfiguration.Source, _ body: (OpaquePointer) throws -> Void) throws {
        var bytes: [UInt8]
        switch source {
        case .bytes(let given): bytes = given
        case .file(let path): bytes = try read(path)
        }
        defer { if case .file = source { bytes.wipe() } }
        try bytes.withUnsafeBytes { bytes in
            guard let memory = BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count)) else { throw lastError }
            defer { BIO_free(memory) }
            try body(memory)
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
