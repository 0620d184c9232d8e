/// The parts of RFC 3986 that EIP-4361 refers to, over ASCII.
enum URISyntax {
    /// `scheme`: a letter, then letters, digits and `+-.`.
    static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "+-.".utf8.contains($0) }
    }

    /// `authority` with a host that is not empty: `[userinfo "@"] host [":" port]`.
    static func isAuthority(_ text: Substring) -> Bool {
        var rest = text
        if let at = rest.firstIndex(of: "@") {
            guard isMade(of: rest[..<at], also: ":") else { return false }
            rest = rest[rest.index(after: at)...]
        }
        let host: Substring
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return false }
            let literal = rest[rest.index(after: rest.startIndex)..<end]
            guard !literal.isEmpty, literal.utf8.allSatisfy({ isHexDigit($0) || ":.".utf8.contains($0) }) else {
                return false
            }
            (host, rest) = (literal, rest[rest.index(after: end)...])
        } else {
            host = rest.prefix { $0 != ":" }
            guard isMade(of: host, also: "") else { return false }
            rest = rest[host.endIndex...]
        }
        guard !host.isEmpty else { return false }
        return rest.isEmpty || (rest.first == ":" && rest.dropFirst().utf8.allSatisfy(isDigit))
    }

    /// `URI`: absolute, with a scheme.
    static func isURI(_ text: Substring) -> Bool {
        guard let colon = text.firstIndex(of: ":"), isScheme(text[..<colon]) else { return false }
        var rest = text[text.index(after: colon)...]
        if let hash = rest.firstIndex(of: "#") {
            guard isMade(of: rest[rest.index(after: hash)...], also: ":@/?") else { return false }
            rest = rest[..<hash]
        }
        if let mark = rest.firstIndex(of: "?") {
            guard isMade(of: rest[rest.index(after: mark)...], also: ":@/?") else { return false }
            rest = rest[..<mark]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let authority = rest.prefix { $0 != "/" }
            guard isAuthority(authority) else { return false }
            rest = rest[authority.endIndex...]
        }
        return isMade(of: rest, also: ":@/")
    }

    /// `*pchar`.
    static func isPathCharacters(_ text: Substring) -> Bool {
        isMade(of: text, also: ":@")
    }

    /// What EIP-4361 takes in a statement: reserved and unreserved characters and the space, no percent sign.
    static func isStatement(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { isUnreserved($0) || " :/?#[]@!$&'()*+,;=".utf8.contains($0) }
    }

    /// Unreserved characters, sub-delimiters, whole percent-encodings, and those of `extra`.
    private static func isMade(of text: Substring, also extra: String) -> Bool {
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < bytes.count, isHexDigit(bytes[index + 1]), isHexDigit(bytes[index + 2]) else {
                    return false
                }
                index += 3
                continue
            }
            guard
                isUnreserved(bytes[index]) || "!$&'()*+,;=".utf8.contains(bytes[index])
                    || extra.utf8.contains(bytes[index])
            else { return false }
            index += 1
        }
        return true
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "-._~".utf8.contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }

    /// A letter or a digit.
    static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }
}
