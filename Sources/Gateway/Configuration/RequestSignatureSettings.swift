import Identity

/// Understands which revisions of signed requests are taken.
enum RequestSignatureSettings {
    static func read(_ text: String) throws(ConfigurationError) -> Set<SignatureRevision> {
        switch text {
        case "off": []
        case "b": [.b]
        case "a+b": [.a, .b]
        default: throw ConfigurationError(Setting.requestSignatures.name, "write off, b or a+b.")
        }
    }
}
