import Primitives

/// The address that a proof is about: a URL without query and fragment, in one spelling (RFC 9449 section 4.3, RFC 3986
/// section 6.2).
struct ProofTarget: Hashable, Sendable {
    /// The URL in its one spelling.
    let text: String

    /// Normalises `https://gateway.example/path?query`; nil for what is no such URL, or has a broken escape.
    init?(_ url: String) {
        let bare = url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let slashes = bare.indices.filter { bare[$0] == UInt8(ascii: "/") }.prefix(3)
        guard slashes.count >= 2 else { return nil }
        let pathStart = slashes.count == 3 ? slashes[2] : bare.endIndex
        guard let origin = WebOrigin(String(Substring(bare[..<pathStart]))),
            let path = ProofTarget.normalised(bare[pathStart...])
        else { return nil }
        text = origin.text + (path.isEmpty ? "/" : path)
    }

    /// Escapes of unreserved characters undone, all others in upper case.
    private static func normalised(_ path: Substring.UTF8View.SubSequence) -> String? {
        var result: [UInt8] = []
        var rest = path
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Hex.value(ofDigit:)),
                let low = rest.popFirst().flatMap(Hex.value(ofDigit:))
            else { return nil }
            let value = high << 4 | low
            result += isUnreserved(value) ? [value] : Array("%\(Hex.encode([value]).uppercased())".utf8)
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "-._~".utf8.contains(byte)
    }
}
