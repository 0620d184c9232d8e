/// A part of a Sign-In text, for saying which one cannot be read.
public enum SignInPart: String, Hashable, CaseIterable, Sendable {
    /// The text as a whole: its length, or characters that are not printable ASCII.
    case text
    /// The first line.
    case domain = "first line"
    /// The second line.
    case address
    /// Between the address and the URI.
    case statement
    /// `URI: `
    case uri = "URI"
    /// `Version: `
    case version = "Version"
    /// `Chain ID: `
    case chainID = "Chain ID"
    /// `Nonce: `
    case nonce = "Nonce"
    /// `Issued At: `
    case issuedAt = "Issued At"
    /// `Expiration Time: `
    case expirationTime = "Expiration Time"
    /// `Not Before: `
    case notBefore = "Not Before"
    /// `Request ID: `
    case requestID = "Request ID"
    /// `Resources:` and its list.
    case resources = "Resources"
    /// What follows the last field: unknown fields, fields out of order, a line feed at the end.
    case end
}
