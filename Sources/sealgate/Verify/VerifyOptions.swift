import Attestation
import Cryptography
import HTTPClient
import Primitives

/// The words after `sealgate verify`.
struct VerifyOptions {
    /// Why the words cannot be followed; empty to be shown the help.
    struct Problem: Error {
        let text: String
    }

    /// The largest policy and certificate files.
    private static let maximumFileBytes = 1 << 20

    /// The origin to ask; nil for a file.
    let origin: String?
    /// The file to read; nil for an origin.
    let file: String?
    let nonce: CallerNonce?
    let isJSON: Bool
    let kdsURL: String?
    private let policyFile: String?
    private let keyFiles: [String]
    private let measurements: Set<[UInt8]>
    private let certificates: String?
    private let allowsPrivate: Bool

    init(_ words: [String]) throws(Problem) {
        var words = words[...]
        var target: String?
        var nonce: CallerNonce?
        var (isJSON, allowsPrivate) = (false, false)
        var (kds, policy, certificates): (String?, String?, String?) = (nil, nil, nil)
        var measurements: Set<[UInt8]> = []
        var keyFiles: [String] = []
        func value(of option: String) throws(Problem) -> String {
            guard let value = words.popFirst() else { throw Problem(text: "\(option) needs a value.") }
            return value
        }
        while let word = words.popFirst() {
            switch word {
            case "--help": throw Problem(text: "")
            case "--json": isJSON = true
            case "--allow-private": allowsPrivate = true
            case "--kds": kds = try value(of: word)
            case "--policy": policy = try value(of: word)
            case "--build-key": keyFiles.append(try value(of: word))
            case "--ca": certificates = try value(of: word)
            case "--nonce":
                nonce = CallerNonce(hex: try value(of: word))
                guard nonce != nil else { throw Problem(text: "--nonce is 16 to 64 bytes in hex.") }
            case "--measurement":
                guard let bytes = Hex.decode(try value(of: word)), bytes.count == 48 else {
                    throw Problem(text: "--measurement is 96 hex digits.")
                }
                measurements.insert(bytes)
            default:
                guard target == nil, word == "-" || !word.hasPrefix("-") else {
                    throw Problem(text: "`\(word)` is not understood.")
                }
                target = word
            }
        }
        guard let target else { throw Problem(text: "") }
        guard policy == nil || measurements.isEmpty else {
            throw Problem(text: "a policy names its own measurements: leave --measurement out.")
        }
        let isURL = target.hasPrefix("https://") || target.hasPrefix("http://")
        origin = isURL ? (target.hasSuffix("/") ? String(target.dropLast()) : target) : nil
        file = isURL ? nil : target
        self.nonce = nonce
        self.isJSON = isJSON
        self.allowsPrivate = allowsPrivate
        kdsURL = kds.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        policyFile = policy
        self.keyFiles = keyFiles
        self.certificates = certificates
        self.measurements = measurements
    }

    /// What is demanded. Without a policy file: what is strict by default, except that a revocation list need not be
    /// there, because most hosts give none.
    func policy() throws -> EvidencePolicy {
        if let policyFile {
            return try EvidencePolicy(json: JSON(parsing: InputFile.read(policyFile, upTo: Self.maximumFileBytes)))
        }
        var policy = EvidencePolicy(measurements: measurements.isEmpty ? nil : measurements)
        policy.revocation = .ifPresent
        policy.requiresAliasCheck = false
        policy.requiresNonce = origin != nil
        return policy
    }

    /// Whose signature the provenance has to bear; empty to ask for none.
    func buildKeys() throws -> Set<Ed25519PublicKey> {
        try Set(keyFiles.map { try Ed25519PublicKey(pem: InputFile.read($0, upTo: Self.maximumFileBytes)) })
    }

    func trust() throws -> TrustAnchors {
        guard let certificates else { return .system }
        return .systemAdding(pem: try InputFile.read(certificates, upTo: Self.maximumFileBytes))
    }

    func egress() throws -> EgressPolicy {
        guard allowsPrivate else { return .publicOnly }
        return EgressPolicy(allowing: ["0.0.0.0/0", "::/0"].compactMap { CIDR($0) })
    }
}
