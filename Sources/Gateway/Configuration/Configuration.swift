public import Attestation
import CLinux
import Glibc
import HTTPServer
public import Identity
public import Primitives

/// The settings, understood and checked. Nothing else in the program reads the environment.
public struct Configuration: Sendable {
    /// Where to listen.
    public struct ListenAddress: Sendable, Hashable {
        /// A numeric IPv4 or IPv6 address, without brackets.
        public let host: String
        /// 0 takes a free port.
        public let port: UInt16

        /// `host:port`, with brackets around IPv6.
        public var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// Files of a TLS identity.
    public struct TLSFiles: Sendable, Hashable {
        /// PEM chain, leaf first.
        public let certificate: String
        /// PEM private key.
        public let key: String
    }

    /// Where the key of TLS comes from.
    public enum TLS: Sendable, Hashable {
        /// Plain HTTP.
        case off
        /// From files that others may hold too.
        case file(TLSFiles)
        /// Made in memory at each start; the path is where the operator puts a certificate for it, if anywhere.
        case inside(certificate: String?)
    }

    /// What kind of instance this is.
    public let mode: SecurityPosture.Mode
    /// Address and port.
    public let listen: ListenAddress
    /// The origin clients use; nil until the port is known, when it follows from the address.
    public let publicOrigin: String?
    /// Folder for everything that lasts.
    public let dataDirectory: String
    /// URL of the PostgreSQL server, with its password; nil for SQLite in the data folder.
    public let databaseURL: String?
    /// The root secret as hex, if the operator brings it.
    public let rootSecretHex: String?
    /// How the root secret is kept, and who can bring it back.
    public let root: RootSettings
    /// Event-loop threads.
    public let loops: Int
    /// Where the key of TLS comes from.
    public let tls: TLS
    /// Peers that begin each connection by telling whose it is, with PROXY protocol version 2.
    public let proxies: [CIDR]
    /// Base URL of the Anthropic Messages API, without a trailing slash.
    public let anthropicBaseURL: String
    /// Chains that accounts may name.
    public let chains: ChainSettings
    /// Ranges that outgoing calls may reach although they are private, as CIDR text.
    public let egressAllow: [String]
    /// File with more prices.
    public let pricesFile: String?
    /// Web origins that may call; nil for any.
    public let corsOrigins: [String]?
    /// The quotas of routes.
    let rates: RateLimits
    /// Which revisions of signed requests are taken.
    let requestSignatures: Set<SignatureRevision>
    /// Seconds that open work gets after SIGTERM.
    public let drainSeconds: Int
    /// Slots of secret memory.
    public let secretSlots: Int
    /// Hardware evidence.
    public let attestation: AttestationSettings
    /// The vault's guard.
    public let releaseGuard: ReleaseGuardSettings
    /// Other gateways.
    public let peers: PeerSettings
    /// The vault.
    public let vault: VaultSettings
    /// Whose workflow tokens are taken; nil for nobody's.
    public let workflowIssuer: WorkflowLogin.Issuer?

    /// Understands raw settings; throws about the first that cannot be.
    public init(_ source: ConfigurationSource) throws(ConfigurationError) {
        let reader = SettingReader(source)
        mode = try Configuration.mode(reader.text(.mode))
        listen = try Configuration.listenAddress(reader.text(.listen))
        publicOrigin = try reader.optionalText(.publicOrigin).map { text throws(ConfigurationError) in
            try Configuration.origin(text, of: .publicOrigin)
        }
        dataDirectory = try reader.nonEmpty(.dataDirectory)
        databaseURL = try Configuration.databaseURL(reader.optionalText(.database), mode: mode)
        rootSecretHex = try reader.hex(.rootSecret, digits: 64)
        root = try RootSettings(reader)
        loops = try reader.number(.loops, in: 1...64) ?? min(Int(linux_available_processors()), 8)
        tls = try Configuration.tls(
            reader.optionalText(.tls), certificate: reader.optionalText(.tlsCertificate),
            key: reader.optionalText(.tlsKey))
        proxies = try Configuration.ranges(reader.list(.proxyProtocolFrom), of: .proxyProtocolFrom)
        anthropicBaseURL = try Configuration.baseURL(reader.text(.anthropicBaseURL), of: .anthropicBaseURL)
        chains = try ChainSettings(reader)
        egressAllow = reader.list(.egressAllow)
        pricesFile = reader.optionalText(.prices)
        let origins = reader.list(.corsOrigins)
        corsOrigins = origins == ["*"] ? nil : origins
        rates = try RateSettings.read(reader.list(.rateLimits))
        requestSignatures = try RequestSignatureSettings.read(reader.text(.requestSignatures))
        drainSeconds = try reader.number(.drainSeconds, in: 0...600) ?? 20
        secretSlots = try reader.number(.secretSlots, in: 256...65_536) ?? 4_096
        attestation = try AttestationSettings(reader)
        releaseGuard = try ReleaseGuardSettings(reader)
        peers = try PeerSettings(reader, publicOrigin: publicOrigin)
        vault = try VaultSettings(reader, isShared: databaseURL != nil)
        workflowIssuer = try WorkflowSettings.issuer(reader, mode: mode)
        try root.check(hasSecret: rootSecretHex != nil, device: attestation.device)
        try checkKeySources()
    }

    private static func mode(_ text: String) throws(ConfigurationError) -> SecurityPosture.Mode {
        guard let mode = SecurityPosture.Mode(rawValue: text) else {
            throw ConfigurationError(Setting.mode.name, "write `development` or `production`.")
        }
        return mode
    }

    /// Production refuses to start without its real key sources, and says which one is missing.
    private func checkKeySources() throws(ConfigurationError) {
        guard mode == .production else { return }
        guard rates != RateLimits() else {
            throw ConfigurationError(Setting.rateLimits.name, "production has limits: name quotas, however large.")
        }
        guard root.sealing != .file else {
            throw ConfigurationError(
                Setting.mode.name,
                "production needs a sealed root secret: set \(Setting.rootSealing.name) to snp or tpm. "
                    + "Use `development` for trying out only.")
        }
        guard root.threshold != 1 else {
            throw ConfigurationError(
                Setting.recoveryThreshold.name,
                "must be at least 2 in production: with 1 every custodian alone has the root secret.")
        }
        guard tls != .off else {
            throw ConfigurationError(
                Setting.mode.name, "production needs TLS: set \(Setting.tls.name)=inside, or name certificate and key.")
        }
        guard !vault.allowsUnsigned else {
            throw ConfigurationError(
                Setting.vaultUnsigned.name, "production keeps no secret that it could open alone: write off.")
        }
        guard peers.origins.isEmpty || peers.isStrict else {
            throw ConfigurationError(Setting.peerStrict.name, "production trusts evidence alone: write on.")
        }
        guard chains.entries.allSatisfy({ $0.nodes.allSatisfy { $0.hasPrefix("https://") } }) else {
            throw ConfigurationError(
                Setting.chains.name, "a node decides who a contract wallet is: in production write https:// URLs.")
        }
        guard peers.origins.allSatisfy({ $0.hasPrefix("https://") }) else {
            throw ConfigurationError(
                Setting.peers.name, "tokens travel to peers: in production write https:// origins.")
        }
    }

    private static func listenAddress(_ text: String) throws(ConfigurationError) -> ListenAddress {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw ConfigurationError(Setting.listen.name, "write an address and a port, `127.0.0.1:8787`.")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        var four = in_addr()
        var six = in6_addr()
        guard inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1 else {
            throw ConfigurationError(Setting.listen.name, "the address must be numeric, `127.0.0.1` or `[::1]`.")
        }
        return ListenAddress(host: host, port: port)
    }

    static func origin(_ text: String, of setting: Setting) throws(ConfigurationError) -> String {
        let problem = ConfigurationError(
            setting.name, "write an origin without a path, `https://gateway.example`.")
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "https:" || parts[0] == "http:", parts[1].isEmpty else { throw problem }
        let authority = parts[2].utf8
        let isPlain = authority.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "-.:[]".utf8.contains(byte)
        }
        guard !authority.isEmpty, isPlain else { throw problem }
        return text
    }

    static func baseURL(_ text: String, of setting: Setting) throws(ConfigurationError) -> String {
        let isVisible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), isVisible, !text.contains("@"),
            !text.contains("?"), !text.contains("#")
        else {
            throw ConfigurationError(
                setting.name, "write a URL without user or query, `\(setting.defaultValue ?? "https://host.example")`.")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func ranges(_ texts: [String], of setting: Setting) throws(ConfigurationError) -> [CIDR] {
        var ranges: [CIDR] = []
        for text in texts {
            guard let range = CIDR(text) else {
                throw ConfigurationError(setting.name, "write address ranges, `10.0.0.0/8,fd00::/8`.")
            }
            ranges.append(range)
        }
        return ranges
    }
}
