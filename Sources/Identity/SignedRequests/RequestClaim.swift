/// What a signature says, once all that can be judged without cryptography has been judged: who, until when, which
/// nonce, and the text that must have been signed.
struct RequestClaim: Hashable, Sendable {
    let account: AccountID
    let window: SignatureWindow
    let nonce: String
    /// What the content has to be; nil for a request without any.
    let digest: ContentDigest?
    let signature: [UInt8]
    /// The signature base (RFC 9421 section 2.5).
    let base: String
}
