import HTTPTypes

extension ProtocolRefusal {
    /// What the client is told. The code is the case's name in words, except for the one refusal that routes list among
    /// their own; the help says what to mend.
    var kind: APIError.Kind {
        self == .bodyTooLarge ? .tooLarge : APIError.Kind(status, ProtocolRefusal.words(of: rawValue), help)
    }

    private var help: String {
        switch self {
        case .headTimeout: "The request's head took too long. Send it at once."
        case .bodyTimeout: "The body stopped arriving. Send it without long pauses."
        case .unknownExpectation: "Only Expect: 100-continue is understood."
        case .headTooLarge, .tooManyFields: "Send fewer or shorter header fields."
        case .methodNotImplemented: "This method is not served."
        case .memoryShort: "The server is short of memory. Try again when Retry-After says."
        case .versionNotSupported: "Use HTTP/1.1."
        default: "The request is not well-formed HTTP/1.1, or could be read in two ways. Nothing was done."
        }
    }

    /// `headTooLarge` -> `head_too_large`
    private static func words(of name: String) -> String {
        name.reduce(into: "") { text, character in
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
    }
}
