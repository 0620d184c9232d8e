public import Primitives

/// Public keys by `kid`, the active one first. While keys rotate it holds several: a retired key stays until the last
/// token that it signed has ended.
public struct TokenKeySet: Sendable {
    /// The most keys a set takes: a rotation overlaps two or three, a handful of nodes a few each.
    public static let maximumKeys = 256

    /// One key under its name.
    private struct Entry: Sendable {
        let kid: String
        let key: ES256PublicKey
    }

    private var entries: [Entry]

    /// The keys, each named by its thumbprint. A key that is listed twice is kept once.
    public init(_ keys: [ES256PublicKey] = []) {
        entries = []
        for key in keys.reversed() { activate(key) }
    }

    /// Reads a JWK set (RFC 7517 section 5) in which every key is one for ES256. Keys are named by their `kid`, or by
    /// their thumbprint where they have none.
    public init(jwks: JSON) throws(JWKError) {
        guard let keys = jwks["keys"]?.array, keys.count <= TokenKeySet.maximumKeys else { throw .malformed }
        entries = []
        for jwk in keys {
            let key = try ES256PublicKey(jwk: jwk)
            guard let kid = (jwk["kid"] ?? .string(key.thumbprint)).string else { throw .malformed }
            guard self[kid] == nil else { throw .duplicateKey }
            entries.append(Entry(kid: kid, key: key))
        }
    }

    /// The key called `kid`, compared byte by byte.
    public subscript(_ kid: String) -> ES256PublicKey? {
        entries.first { $0.kid.utf8.elementsEqual(kid.utf8) }?.key
    }

    /// The keys, the active one first.
    public var keys: [ES256PublicKey] { entries.map(\.key) }

    /// Makes `key` the active one; those that stand stay behind it.
    public mutating func activate(_ key: ES256PublicKey) {
        retire(key.thumbprint)
        entries.insert(Entry(kid: key.thumbprint, key: key), at: 0)
    }

    /// Drops the key called `kid`: its tokens are refused from now on.
    public mutating func retire(_ kid: String) {
        entries.removeAll { $0.kid.utf8.elementsEqual(kid.utf8) }
    }

    /// The set as it is published: `{"keys":[...]}`, the active key first.
    public var jwks: JSON {
        ["keys": .array(entries.map(\.key.jwk))]
    }
}
