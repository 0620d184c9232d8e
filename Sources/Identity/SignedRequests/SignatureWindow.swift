public import Primitives

/// When a signature is good.
public struct SignatureWindow: Hashable, Sendable {
    /// How far the signer's clock may be from ours, in seconds: what ERC-8128 recommends.
    public static let skewSeconds: Int64 = 30
    /// The longest that a signature may be good for, in seconds: what every verifier has to take, and no more, because
    /// its nonce is kept for as long.
    public static let maximumSeconds: Int64 = 60

    /// When it was made, in seconds since 1970.
    public let created: Int64
    /// The last second at which it is good by its signer's clock.
    public let expires: Int64

    /// Reads the parameters of a signature.
    init(_ parameters: StructuredParameters) throws(RequestSignatureError) {
        guard let created = parameters["created"]?.integer, let expires = parameters["expires"]?.integer,
            expires > created
        else { throw .invalidTime }
        self.created = created
        self.expires = expires
    }

    /// Holds it against the clock.
    func check(at now: Timestamp) throws(RequestSignatureError) {
        let now = now.unixSeconds
        guard expires - created <= SignatureWindow.maximumSeconds else { throw .validityTooLong }
        guard created - SignatureWindow.skewSeconds <= now else { throw .notYetValid }
        guard now <= expires + SignatureWindow.skewSeconds else { throw .expired }
    }

    /// The first moment at which it is refused by any clock of ours.
    public var end: Timestamp {
        Timestamp(unixSeconds: expires + SignatureWindow.skewSeconds + 1)
    }
}
