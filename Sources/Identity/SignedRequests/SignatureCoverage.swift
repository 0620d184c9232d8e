/// What a signature has to cover so that it is good for one request and no other (ERC-8128 section 3.1.1).
enum SignatureCoverage {
    static let digestField = "content-digest"
    static let typeField = "content-type"

    /// The components that are needed for this request, in the order in which signers are asked for them. A digest is
    /// among them as soon as its field is there, or has to be.
    static func required(for message: SignedMessage, _ revision: SignatureRevision) -> [String] {
        let hasDigest = message.hasContent || message.field(digestField) != nil
        switch revision {
        case .a:
            return ["@authority", "@method", "@path"] + (message.query == nil ? [] : ["@query"])
                + (hasDigest ? [digestField] : [])
        case .b:
            return ["@scheme", "@authority", "@method", "@path", "@query"] + (hasDigest ? [digestField] : [])
                + (message.field(typeField) == nil ? [] : [typeField])
        }
    }

    /// Whether the components, each without parameters, are among those that are covered. A digest that is needed and
    /// was not sent is not missed here: that is another refusal.
    static func isSufficient(
        _ covered: [StructuredItem], for message: SignedMessage, _ revision: SignatureRevision
    ) -> Bool {
        let names = Set(covered.filter { $0.parameters.all.isEmpty }.compactMap(\.value.string))
        return required(for: message, revision).allSatisfy { name in
            names.contains(name) || (name == digestField && message.field(name) == nil)
        }
    }

    /// `Accept-Signature` for this request (RFC 9421 section 5): exactly what a second try has to cover.
    static func acceptable(for message: SignedMessage) -> String {
        let list = required(for: message, .b).map { "\"\($0)\"" }.joined(separator: " ")
        return "request=(\(list));created;expires;tag=\"\(SignatureRevision.tag)\""
    }
}
