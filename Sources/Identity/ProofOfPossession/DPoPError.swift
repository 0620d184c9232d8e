/// Why a DPoP proof was refused: for the log. Clients are told no more than that it is not valid.
public enum DPoPError: String, Error, Hashable, CaseIterable, Sendable {
    /// Not three parts of strict base64url with an object in the first two, a member of the wrong type, or too long.
    case malformed
    /// Another type, algorithm or header parameter than a proof has.
    case wrongHeader
    /// The key in it is none for ES256, or a private one.
    case wrongKey
    /// The signature does not fit.
    case badSignature
    /// It proves another method or another address.
    case otherRequest
    /// It was made too long ago, or ahead of our clock.
    case wrongTime
    /// It is about another token.
    case otherToken
}
