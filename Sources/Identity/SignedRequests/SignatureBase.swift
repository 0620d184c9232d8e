import Primitives

/// The text that is signed (RFC 9421 section 2.5).
enum SignatureBase {
    /// Why there is none.
    enum Fault: Error, Hashable {
        /// A component stands twice, or is no lower-case name.
        case malformed
        /// A component that is not known here, or has parameters.
        case unknown
        /// A field that the request has not.
        case absent
    }

    /// One line for each component in the order of the list, and the list itself. The list is written anew from what
    /// was read, which for every list that a serialiser wrote is how it was received.
    static func text(
        of message: SignedMessage, components: [StructuredItem], parameters: StructuredParameters
    ) throws(Fault) -> String {
        var text = ""
        var seen: Set<String> = []
        for component in components {
            guard let name = component.value.string, isName(name) else { throw .malformed }
            guard component.parameters.all.isEmpty else { throw .unknown }
            guard seen.insert(name).inserted else { throw .malformed }
            guard let value = message.component(name) else { throw name.hasPrefix("@") ? .unknown : .absent }
            text += "\"\(name)\": \(value)\n"
        }
        let list = StructuredDictionary.Value.list(components, parameters)
        return text + "\"@signature-params\": " + list.text
    }

    /// A field's name in lower case, or a derived component's.
    private static func isName(_ name: String) -> Bool {
        let rest = name.utf8.first == UInt8(ascii: "@") ? name.utf8.dropFirst() : name.utf8[...]
        return !rest.isEmpty
            && rest.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}
