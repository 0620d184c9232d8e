public import Ethereum
public import Primitives

/// A Sign-In with Ethereum text (EIP-4361), read by its grammar and by nothing looser. Pure.
///
/// Where grammar and the reference libraries part, the grammar counts: an empty statement, an empty list of resources,
/// an empty request id, and `t` and `z` in lower case are taken. What is signed is what was received, byte for byte, so
/// nothing is ever written anew from the fields.
public struct SignInMessage: Hashable, Sendable {
    /// The longest text: a statement, a list of resources, and ample room.
    public static let maximumBytes = 4_096
    /// The most resources.
    public static let maximumResources = 32
    /// The fewest characters of a nonce, by the standard.
    public static let minimumNonceLength = 8

    /// The scheme before the domain, if there is one.
    public let scheme: String?
    /// Who asks: an RFC 3986 authority, with the port if it is not the scheme's own.
    public let domain: String
    /// The account that signs.
    public let address: Address
    /// Whether the address is spelled as EIP-55 has it.
    public let isChecksummed: Bool
    /// What a person is told; nil if there is none.
    public let statement: String?
    /// What is signed in to.
    public let uri: String
    /// The EIP-155 number of the chain.
    public let chainID: UInt64
    /// The nonce.
    public let nonce: String
    /// When the text was written.
    public let issuedAt: Timestamp
    /// The first moment at which it is refused.
    public let expiresAt: Timestamp?
    /// The first moment at which it is taken.
    public let notBefore: Timestamp?
    /// The id that the asking side has for it.
    public let requestID: String?
    /// URIs that go with it; nil if there is no list.
    public let resources: [String]?

    private static let wants = " wants you to sign in with your Ethereum account:"

    /// Reads a text.
    public init(parsing text: String) throws(SignInError) {
        guard text.utf8.count <= SignInMessage.maximumBytes,
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x0A })
        else { throw .malformed(.text) }
        var lines = SignInLines(text)
        (scheme, domain) = try SignInMessage.header(lines.next() ?? "")
        let spelled = lines.next() ?? ""
        guard let address = Address(String(spelled)) else { throw .malformed(.address) }
        self.address = address
        isChecksummed = spelled.utf8.elementsEqual(address.checksummed.utf8)
        statement = try SignInMessage.statement(&lines)
        uri = try lines.field("URI: ", .uri, where: URISyntax.isURI)
        _ = try lines.field("Version: ", .version) { $0 == "1" }
        let chain = try lines.field("Chain ID: ", .chainID) { !$0.isEmpty && $0.utf8.allSatisfy(URISyntax.isDigit) }
        guard let chainID = UInt64(chain) else { throw .malformed(.chainID) }
        self.chainID = chainID
        nonce = try lines.field("Nonce: ", .nonce) {
            $0.utf8.count >= SignInMessage.minimumNonceLength && $0.utf8.allSatisfy(URISyntax.isAlphanumeric)
        }
        guard let issuedAt = try lines.time("Issued At: ", .issuedAt) else { throw .malformed(.issuedAt) }
        self.issuedAt = issuedAt
        expiresAt = try lines.time("Expiration Time: ", .expirationTime)
        notBefore = try lines.time("Not Before: ", .notBefore)
        requestID =
            lines.begins("Request ID: ")
            ? try lines.field("Request ID: ", .requestID, where: URISyntax.isPathCharacters) : nil
        resources = try SignInMessage.resources(&lines)
        guard lines.next() == nil else { throw .malformed(.end) }
    }

    private static func header(_ line: Substring) throws(SignInError) -> (scheme: String?, domain: String) {
        guard line.hasSuffix(wants) else { throw .malformed(.domain) }
        var domain = line.dropLast(wants.count)
        var scheme: Substring?
        if let mark = domain.firstRange(of: "://") {
            scheme = domain[..<mark.lowerBound]
            domain = domain[mark.upperBound...]
        }
        guard scheme.map(URISyntax.isScheme) ?? true, URISyntax.isAuthority(domain) else { throw .malformed(.domain) }
        return (scheme.map(String.init), String(domain))
    }

    /// An empty line, then nothing or a statement's line, then an empty line. So two empty lines are no statement, and
    /// three an empty one.
    private static func statement(_ lines: inout SignInLines) throws(SignInError) -> String? {
        guard lines.next() == "", let line = lines.next() else { throw .malformed(.statement) }
        if line.isEmpty, lines.begins("URI: ") { return nil }
        guard lines.next() == "", URISyntax.isStatement(line) else { throw .malformed(.statement) }
        return String(line)
    }

    private static func resources(_ lines: inout SignInLines) throws(SignInError) -> [String]? {
        guard lines.begins("Resources:") else { return nil }
        guard lines.next() == "Resources:" else { throw .malformed(.resources) }
        var resources: [String] = []
        while lines.begins("- ") {
            resources.append(try lines.field("- ", .resources, where: URISyntax.isURI))
            guard resources.count <= maximumResources else { throw .malformed(.resources) }
        }
        return resources
    }
}
