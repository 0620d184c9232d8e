import HTTPServer
import Primitives

/// What a start prepares for TLS, before the port is opened.
struct TLSSetup {
    /// For the server; nil for plain HTTP.
    let configuration: TLSConfiguration?
    /// PEM of the request for a certificate, where the key was made inside.
    let certificateRequest: [UInt8]?
    /// Where the operator puts a certificate for that key.
    let certificatePath: String?

    /// Reads nothing but settings; with `inside` the key is born here. OpenSSL's locked heap must be ready.
    static func make(_ configuration: Configuration, at now: Timestamp) throws -> TLSSetup {
        switch configuration.tls {
        case .off: return TLSSetup(configuration: nil, certificateRequest: nil, certificatePath: nil)
        case .file(let files):
            if let complaint = Ownership.complaint(aboutKey: files.key) {
                throw GatewayStartError("\(Setting.tlsKey.name): \(complaint)")
            }
            return TLSSetup(
                configuration: TLSConfiguration(
                    certificateChain: .file(files.certificate), privateKey: .file(files.key)),
                certificateRequest: nil, certificatePath: nil)
        case .inside(let path): return try inside(try name(configuration), path, at: now)
        }
    }

    private static func inside(_ name: TLSName, _ path: String?, at now: Timestamp) throws -> TLSSetup {
        do {
            let key = try TLSKey.generate()
            let shown = try key.selfSignedCertificate(for: name, from: now)
            return TLSSetup(
                configuration: TLSConfiguration(certificateChain: .bytes(shown), key: key),
                certificateRequest: try key.certificateRequest(for: name), certificatePath: path)
        } catch {
            throw GatewayStartError("\(Setting.tls.name): no key could be made (\(error)).")
        }
    }

    /// The host that clients use.
    private static func name(_ configuration: Configuration) throws(GatewayStartError) -> TLSName {
        let name =
            if let origin = configuration.publicOrigin { TLSName(origin: origin) } else {
                TLSName(host: configuration.listen.host)
            }
        guard let name else {
            throw GatewayStartError(
                "\(Setting.publicOrigin.name): its host is none that a certificate can name. Write "
                    + "`https://gateway.example`.")
        }
        return name
    }
}
