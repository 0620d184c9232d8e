/// Why a token was refused: for the log. Clients are told no more than that it is not valid.
public enum TokenError: String, Error, Hashable, Sendable, CaseIterable {
    /// Longer than `TokenVerifier.maximumBytes`.
    case tooLarge
    /// Not three parts of strict base64url with a JSON object in the first two, or a claim of the wrong type.
    case malformed
    /// Signed by another algorithm than ES256, or by none.
    case wrongAlgorithm
    /// The header has a parameter that could change what the token means.
    case forbiddenHeader
    /// `typ` is not the one that this verifier is for.
    case wrongType
    /// No `kid`, or none that names a key of the set.
    case unknownKey
    /// The signature does not fit.
    case badSignature
    /// `iss` is another.
    case wrongIssuer
    /// `aud` does not name us.
    case wrongAudience
    /// `exp` has passed.
    case expired
    /// `nbf` or `iat` lies ahead.
    case notYetValid
}
