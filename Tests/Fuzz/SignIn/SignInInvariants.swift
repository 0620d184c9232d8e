import Ethereum
import Identity
import Primitives

/// What must hold for all bytes that are read as a Sign-In text, good or bad.
enum SignInInvariants {
    /// Nil, or what does not hold.
    static func violation(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let message = try? SignInMessage(parsing: text) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if !text.utf8.allSatisfy({ $0 == 0x0A || (0x20...0x7E).contains($0) }) { return "it is not printable ASCII" }
        let domain = (message.scheme.map { $0 + "://" } ?? "") + message.domain + " wants you to sign in"
        if !text.hasPrefix(domain) { return "the domain is not where it stands" }
        if lines[1].lowercased() != message.address.lowercase { return "the address is not where it stands" }
        if !lines.contains("Nonce: " + message.nonce) { return "the nonce has no line" }
        if !lines.contains("URI: " + message.uri) { return "the URI has no line" }
        if (message.resources ?? []).contains(where: { !lines.contains("- " + $0) }) { return "a resource has no line" }
        for ending in ["\n", " ", "\nTerms: none"] where (try? SignInMessage(parsing: text + ending)) != nil {
            // A request id is the one value that may be empty, and none may end in a space.
            return "something after the end is let pass"
        }
        if (try? SignInMessage(parsing: " " + text)) != nil { return "something before the start is let pass" }
        return violation(message, text)
    }

    private static func violation(_ message: SignInMessage, _ text: String) -> String? {
        let check = SignInCheck(origin: "https://gw.example") { $0 == 8_453 }
        guard (try? check.check(message, at: message.issuedAt)) != nil else { return nil }
        let isOurs = text.hasPrefix("gw.example wants ") || text.hasPrefix("https://gw.example wants ")
        if !isOurs || !message.uri.hasPrefix("https://gw.example") { return "another site's text is taken" }
        return message.isChecksummed && message.chainID == 8_453 ? nil : "a check was passed by"
    }
}
