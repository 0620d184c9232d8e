extension Configuration {
    /// What the three settings of TLS say together. What contradicts is refused, for one of the two was a slip.
    static func tls(_ kind: String?, certificate: String?, key: String?) throws(ConfigurationError) -> TLS {
        switch kind {
        case nil where certificate == nil && key == nil: return .off
        case nil, "file": return .file(try files(certificate, key))
        case "off":
            guard certificate == nil, key == nil else {
                throw ConfigurationError(Setting.tls.name, "is `off`, but there are files for it: remove either.")
            }
            return .off
        case "inside":
            guard key == nil else {
                throw ConfigurationError(Setting.tlsKey.name, "must be empty: with `inside` the key is made in memory.")
            }
            return .inside(certificate: certificate)
        default: throw ConfigurationError(Setting.tls.name, "write `off`, `file` or `inside`.")
        }
    }

    private static func files(_ certificate: String?, _ key: String?) throws(ConfigurationError) -> TLSFiles {
        guard let certificate else {
            throw ConfigurationError(Setting.tlsCertificate.name, "is missing: TLS needs certificate and key.")
        }
        guard let key else {
            throw ConfigurationError(Setting.tlsKey.name, "is missing: TLS needs certificate and key.")
        }
        return TLSFiles(certificate: certificate, key: key)
    }
}
