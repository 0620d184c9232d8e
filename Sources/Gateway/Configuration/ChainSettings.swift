import Ethereum

/// The chains that accounts may name, and their nodes.
public struct ChainSettings: Sendable, Hashable {
    /// A served chain.
    public struct Entry: Sendable, Hashable {
        /// Its EIP-155 number.
        public let id: UInt64
        /// URLs of its nodes; empty where contracts on it are not asked. They may hold a provider's key: never logged.
        public var nodes: [String]
    }

    /// Every chain has its own place in the texts clients choose from.
    public static let maximumChains = 16

    /// Base, without a node: what the setting's default says.
    static let standard = ChainSettings()

    /// The chains, the preferred one first; never empty.
    public let entries: [Entry]

    private init() {
        entries = [Entry(id: 8_453, nodes: [])]
    }

    init(_ reader: SettingReader) throws(ConfigurationError) {
        let problem = ConfigurationError(
            Setting.chains.name, "write numbers of chains, each alone or with a node, `8453=https://node.example`.")
        var entries: [Entry] = []
        for text in reader.list(.chains) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let number = parts.first, let id = UInt64(number), id > 0, String(id) == number else { throw problem }
            let place: Int
            if let known = entries.firstIndex(where: { $0.id == id }) {
                // A second entry is a second node.
                guard !entries[known].nodes.isEmpty, parts.count == 2 else { throw problem }
                place = known
            } else {
                place = entries.count
                entries.append(Entry(id: id, nodes: []))
            }
            guard parts.count == 2 else { continue }
            let url = try ChainSettings.node(String(parts[1]))
            guard !entries[place].nodes.contains(url), entries[place].nodes.count < Chain.maximumNodes else {
                throw ConfigurationError(
                    Setting.chains.name, "a chain has at most \(Chain.maximumNodes) nodes, each once.")
            }
            entries[place].nodes.append(url)
        }
        guard !entries.isEmpty, entries.count <= ChainSettings.maximumChains else { throw problem }
        self.entries = entries
    }

    /// A URL with a path and a query, where providers put their keys.
    private static func node(_ text: String) throws(ConfigurationError) -> String {
        let isVisible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), isVisible, !text.contains("@"),
            !text.contains("#")
        else {
            throw ConfigurationError(Setting.chains.name, "write a node's URL without a user, `https://node.example`.")
        }
        return text
    }
}
