/// The settings about other gateways, understood.
public struct PeerSettings: Sendable, Hashable {
    /// Each peer is judged once a period, and each costs a connection and two answers.
    public static let maximumPeers = 32

    /// The origins of the peers.
    public let origins: [String]
    /// JSON file with the policy by which their evidence is judged; nil demands this gateway's own measurement.
    public let policyFile: String?
    /// Whether a peer that is not trusted is neither called nor believed.
    public let isStrict: Bool
    /// How often each is judged, in seconds.
    public let periodSeconds: Int

    /// A gateway without peers.
    static let none = PeerSettings()

    private init() {
        origins = []
        policyFile = nil
        isStrict = true
        periodSeconds = 60
    }

    init(_ reader: SettingReader, publicOrigin: String?) throws(ConfigurationError) {
        var origins: [String] = []
        for text in reader.list(.peers) {
            let origin = try Configuration.origin(text, of: .peers)
            guard !origins.contains(origin) else {
                throw ConfigurationError(Setting.peers.name, "\(origin) stands twice.")
            }
            guard origin != publicOrigin else {
                throw ConfigurationError(Setting.peers.name, "\(origin) is this gateway itself.")
            }
            origins.append(origin)
        }
        guard origins.count <= PeerSettings.maximumPeers else {
            throw ConfigurationError(Setting.peers.name, "name at most \(PeerSettings.maximumPeers) origins.")
        }
        self.origins = origins
        policyFile = reader.optionalText(.peerPolicy)
        switch reader.text(.peerStrict) {
        case "on": isStrict = true
        case "off": isStrict = false
        default: throw ConfigurationError(Setting.peerStrict.name, "write on or off.")
        }
        periodSeconds = try reader.number(.peerSeconds, in: 1...240) ?? 60
    }
}
