public import Primitives

/// The one name that a certificate is to stand for: the host of the public origin.
public enum TLSName: Hashable, Sendable {
    /// A host name in lower case, RFC 1123 section 2.1.
    case dns(String)
    /// A numeric address.
    case address(IPAddress)

    /// Reads `gateway.example`, `192.0.2.1` or `2001:db8::1`. Nil for anything else: no brackets, port, wild card or
    /// final dot, labels of 1 to 63 letters, digits and inner hyphens, at most 253 characters, and a last label that is
    /// no number, for that would be a misspelt address.
    public init?(host: String) {
        if let address = IPAddress(host) {
            self = .address(address.unmapped)
            return
        }
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...253).contains(host.utf8.count), labels.allSatisfy(TLSName.isLabel),
            let last = labels.last, !last.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        self = .dns(host)
    }

    /// The host of an origin, `https://gateway.example:8443` or `https://[::1]`. Nil where there is none that a
    /// certificate can name.
    public init?(origin: String) {
        guard let scheme = origin.firstRange(of: "://") else { return nil }
        let authority = origin[scheme.upperBound...]
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            self.init(host: String(authority[authority.index(after: authority.startIndex)..<end]))
        } else {
            self.init(host: String(authority.prefix { $0 != ":" }))
        }
    }

    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        guard (1...63).contains(label.count), label.first != UInt8(ascii: "-"), label.last != UInt8(ascii: "-") else {
            return false
        }
        return label.allSatisfy { byte in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
        }
    }

    /// The name as people write it: for a subject's common name, which programs no longer read.
    var text: String {
        switch self {
        case .dns(let name): name
        case .address(let address): PeerAddress(address, port: 0).description
        }
    }

    /// What the certificate's alternative name holds: the name's letters, or the address's 4 or 16 bytes.
    var bytes: [UInt8] {
        switch self {
        case .dns(let name): Array(name.utf8)
        case .address(.v4(let bits)): withUnsafeBytes(of: bits.bigEndian, Array.init)
        case .address(.v6(let bits)): withUnsafeBytes(of: bits.bigEndian, Array.init)
        }
    }

    /// Whether it is an address.
    var isAddress: Bool {
        if case .address = self { true } else { false }
    }
}
