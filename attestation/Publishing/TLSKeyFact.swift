import Cryptography
import Primitives

/// What a statement says about the TLS key of the port that it is served on.
public struct TLSKeyFact: Hashable, Sendable {
    /// Where the key comes from.
    public enum Source: String, Hashable, Sendable {
        /// Clients reach the port without TLS of ours.
        case none
        /// A file: others may hold the key, so nothing is bound.
        case file
        /// Born in the process, and bound by the statement.
        case inside
    }

    /// Where the key comes from.
    public let source: Source
    /// SHA-256 of the key's SubjectPublicKeyInfo in DER, 32 bytes; nil unless the key was born inside.
    public let spkiSHA256: [UInt8]?

    /// Clients reach the port without TLS of ours.
    public static let none = TLSKeyFact(source: .none, spkiSHA256: nil)
    /// The key is a file.
    public static let file = TLSKeyFact(source: .file, spkiSHA256: nil)

    /// A key that was born inside; nil unless the hash has 32 bytes.
    public static func inside(spkiSHA256: [UInt8]) -> TLSKeyFact? {
        spkiSHA256.count == 32 ? TLSKeyFact(source: .inside, spkiSHA256: spkiSHA256) : nil
    }

    private init(source: Source, spkiSHA256: [UInt8]?) {
        self.source = source
        self.spkiSHA256 = spkiSHA256
    }

    var json: JSON {
        guard let spkiSHA256 else { return ["source": .string(source.rawValue)] }
        return ["source": .string(source.rawValue), "spkiSha256": .string(Hex.encode(spkiSHA256))]
    }

    init?(json: JSON) {
        guard let source = json["source"]?.string.flatMap(Source.init(rawValue:)) else { return nil }
        switch source {
        case .none: self = .none
        case .file: self = .file
        case .inside:
            guard let hash = json["spkiSha256"]?.string.flatMap({ WireHex.decode($0, count: SHA256.digestBytes) }),
                let fact = TLSKeyFact.inside(spkiSHA256: hash)
            else { return nil }
            self = fact
        }
    }
}
