public import Cryptography

/// A header field whose value is a secret: "Authorization: Bearer <secret>".
///
/// The value leaves its `Secret` only when the request is handed to libcurl. The temporary line is zeroed at once, and
/// what libcurl has of it once the answer's head has come, or the transfer has failed; the client lets go of the
/// `Secret` then as well.
public struct SecretField: Sendable {
    /// The field's name.
    public let name: String
    /// What stands before the secret, such as "Bearer ".
    public let prefix: String
    /// The secret bytes: visible ASCII.
    public let secret: Secret

    /// The field "name: prefix + secret".
    public init(_ name: String, prefix: String = "", _ secret: Secret) {
        self.name = name
        self.prefix = prefix
        self.secret = secret
    }
}
