public import Cryptography
public import Primitives

/// Everything a stranger needs to judge a gateway without asking anybody else: report, statement, the way from the
/// caller's nonce to the statement, AMD's certificates, the revocation list and the session keys.
public struct EvidenceBundle: Hashable, Sendable {
    /// The largest text that is read: a chain is 6 KiB, a key set of hundreds 60.
    public static let maximumBytes = 256 << 10

    /// How REPORT_DATA is filled.
    public let profile: ReportProfile
    /// The report and AMD's certificates.
    public let evidence: Evidence
    /// The statement as it was hashed; nil in profile `agent-gateway/1`.
    public let statement: [UInt8]?
    /// The nonce that was asked with, and its way to the root; nil in a boot report.
    public let inclusion: Inclusion?
    /// The session keys as published, the active one first.
    public let keys: TokenKeySet

    /// A nonce and its way to the root.
    public struct Inclusion: Hashable, Sendable {
        /// The caller's nonce.
        public let nonce: CallerNonce
        /// Its way to the root.
        public let path: InclusionPath

        /// A nonce with its path.
        public init(nonce: CallerNonce, path: InclusionPath) {
            self.nonce = nonce
            self.path = path
        }
    }

    /// A bundle from its parts.
    public init(
        profile: ReportProfile, evidence: Evidence, statement: [UInt8]?, inclusion: Inclusion?, keys: TokenKeySet
    ) {
        self.profile = profile
        self.evidence = evidence
        self.statement = statement
        self.inclusion = inclusion
        self.keys = keys
    }

    /// The same evidence for another caller of the same gathering, or for none.
    public func with(_ inclusion: Inclusion?) -> EvidenceBundle {
        EvidenceBundle(
            profile: profile, evidence: evidence, statement: statement, inclusion: inclusion, keys: keys)
    }

    /// The same bundle with its evidence completed.
    public func with(evidence: Evidence) -> EvidenceBundle {
        EvidenceBundle(
            profile: profile, evidence: evidence, statement: statement, inclusion: inclusion, keys: keys)
    }

    /// Equal when they say the same.
    public static func == (left: EvidenceBundle, right: EvidenceBundle) -> Bool {
        left.json == right.json
    }

    /// Feeds what it says.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(json)
    }
}

extension EvidenceBundle {
    /// As it is served. The statement is a string: its bytes are what was hashed.
    public var json: JSON {
        let endorsements = evidence.endorsements
        var certificates: [JSON.Member] = []
        if let vek = endorsements.vek { certificates.append(.init(vekName, EvidenceBundle.pem([vek]))) }
        let chain = [endorsements.intermediate, endorsements.root].compactMap { $0 }
        if !chain.isEmpty { certificates.append(.init("chain", EvidenceBundle.pem(chain))) }
        if let crl = endorsements.crl { certificates.append(.init("crl", .string(Base64.encode(crl)))) }
        return [
            "profile": .string(profile.rawValue), "report": .string(Base64.encode(evidence.report)),
            "statement": statement.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null,
            "nonce": inclusion.map { .string($0.nonce.hex) } ?? .null, "inclusion": inclusion?.path.json ?? .null,
            "certificates": .object(certificates), "jwks": keys.jwks,
        ]
    }

    private static func pem(_ certificates: [[UInt8]]) -> JSON {
        .string(String(decoding: PEMCertificates.write(certificates), as: UTF8.self))
    }

    /// `vcek` or `vlek`, as the report says which key signed it.
    private var vekName: String {
        (try? Report(evidence.report))?.signingKey == .vlek ? "vlek" : "vcek"
    }

    /// Reads a bundle as served. Every part has its form; whether any of it is true is the verifier's to say.
    /// - Throws: `BundleFault`, which names the member.
    public init(_ bytes: [UInt8]) throws(BundleFault) {
        guard bytes.count <= EvidenceBundle.maximumBytes else {
            throw BundleFault(member: "bundle", problem: .tooLarge)
        }
        guard let json = try? JSON(parsing: bytes), json.members != nil else {
            throw BundleFault(member: "bundle", problem: .malformed)
        }
        try self.init(json: json)
    }

    init(json: JSON) throws(BundleFault) {
        guard let profile = json["profile"]?.string.flatMap(ReportProfile.init(rawValue:)) else {
            throw BundleFault(member: "profile", problem: json["profile"] == nil ? .missing : .unknown)
        }
        guard let report = json["report"]?.string.flatMap({ Base64.decode($0) }) else {
            throw BundleFault(member: "report", problem: .malformed)
        }
        let statement = try EvidenceBundle.text(json, "statement")
        let nonce = try EvidenceBundle.nonce(json)
        guard let keys = try? TokenKeySet(jwks: json["jwks"] ?? .null),
            keys.keys.allSatisfy({ keys[$0.thumbprint] == $0 })
        else {
            throw BundleFault(member: "jwks", problem: .malformed)
        }
        self.init(
            profile: profile,
            evidence: Evidence(report: report, endorsements: try EvidenceBundle.endorsements(json["certificates"])),
            statement: statement.map { Array($0.utf8) }, inclusion: nonce, keys: keys)
    }

    private static func text(_ json: JSON, _ name: String) throws(BundleFault) -> String? {
        guard let value = json[name], !value.isNull else { return nil }
        guard let text = value.string else { throw BundleFault(member: name, problem: .malformed) }
        return text
    }

    private static func nonce(_ json: JSON) throws(BundleFault) -> Inclusion? {
        guard let text = try text(json, "nonce") else {
            // A path without the nonce that it leads from would be looked at by nobody.
            guard json["inclusion"]?.isNull ?? true else { throw BundleFault(member: "inclusion", problem: .malformed) }
            return nil
        }
        guard let nonce = CallerNonce(hex: text), nonce.hex == text else {
            throw BundleFault(member: "nonce", problem: .malformed)
        }
        guard let path = json["inclusion"].flatMap(InclusionPath.init(json:)) else {
            throw BundleFault(member: "inclusion", problem: .malformed)
        }
        return Inclusion(nonce: nonce, path: path)
    }

    private static func endorsements(_ json: JSON?) throws(BundleFault) -> Endorsements {
        guard let json, json.members != nil else { throw BundleFault(member: "certificates", problem: .missing) }
        var vek: [UInt8]?
        let (vcek, vlek) = (try text(json, "vcek"), try text(json, "vlek"))
        guard vcek == nil || vlek == nil else {
            throw BundleFault(member: "certificates", problem: .malformed)
        }
        if let text = vcek ?? vlek {
            guard let one = PEMCertificates.read(Array(text.utf8)), one.count == 1 else {
                throw BundleFault(member: "certificates.vcek", problem: .malformed)
            }
            vek = one[0]
        }
        var chain: [[UInt8]] = []
        if let text = try text(json, "chain") {
            guard let list = PEMCertificates.read(Array(text.utf8)), list.count <= 2 else {
                throw BundleFault(member: "certificates.chain", problem: .malformed)
            }
            chain = list
        }
        var crl: [UInt8]?
        if let text = try text(json, "crl") {
            guard let list = Base64.decode(text) else {
                throw BundleFault(member: "certificates.crl", problem: .malformed)
            }
            crl = list
        }
        return Endorsements(
            vek: vek, intermediate: chain.first, root: chain.count > 1 ? chain[1] : nil, crl: crl)
    }
}
