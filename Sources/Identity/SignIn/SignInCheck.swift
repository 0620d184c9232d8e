public import Primitives

/// What a Sign-In text must say to be a login here and now: every check of EIP-4361 that needs neither the nonce's key
/// nor the signature. Pure.
public struct SignInCheck: Sendable {
    /// How far a client's clock may be ahead of ours.
    public static let clockSkewSeconds: Int64 = 60
    /// How old a text may be, whatever its own expiration time: twice what a nonce lives.
    public static let maximumAgeSeconds: Int64 = 10 * 60

    /// `https://gateway.example`, without a slash at its end.
    private let origin: String
    private let scheme: Substring
    private let authority: Substring
    private let servesChain: @Sendable (UInt64) -> Bool

    /// A check for the gateway whose public origin is `origin`.
    public init(origin: String, servesChain: @escaping @Sendable (UInt64) -> Bool) {
        self.origin = origin
        scheme = origin.prefix { $0 != ":" }
        authority = origin.dropFirst(scheme.count + "://".count)
        self.servesChain = servesChain
    }

    /// The host, with its port if that is not the scheme's own: what a text must name as its domain.
    public var domain: String { String(authority) }

    /// Throws what is wrong. The domain is compared whole and byte for byte: a port, a user name or a capital letter
    /// makes it another.
    public func check(_ message: SignInMessage, at now: Timestamp) throws(SignInError) {
        guard message.domain.hasSameBytes(as: authority), message.scheme?.hasSameBytes(as: scheme) ?? true else {
            throw .otherDomain
        }
        guard isOurs(message.uri) else { throw .otherURI }
        guard message.isChecksummed else { throw .addressWithoutChecksum }
        guard servesChain(message.chainID) else { throw .chainNotServed }
        guard message.issuedAt <= now.adding(seconds: SignInCheck.clockSkewSeconds),
            now < message.issuedAt.adding(seconds: SignInCheck.maximumAgeSeconds)
        else { throw .notCurrent }
        if let expiresAt = message.expiresAt, now >= expiresAt { throw .expired }
        if let notBefore = message.notBefore, now < notBefore { throw .notYetValid }
    }

    /// Our origin, alone or with a path, a query or a fragment. What follows the origin must not lengthen its host.
    private func isOurs(_ uri: String) -> Bool {
        guard uri.utf8.starts(with: origin.utf8) else { return false }
        guard let next = uri.utf8.dropFirst(origin.utf8.count).first else { return true }
        return "/?#".utf8.contains(next)
    }
}
