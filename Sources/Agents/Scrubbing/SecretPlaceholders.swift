public import Cryptography
public import Primitives

/// Fills `{{NAME}}` in the arguments of a tool call: a model sees and writes names, and the values come in at the last
/// moment, straight into the bytes of the request.
///
/// A name is a letter or `_`, then letters, digits and `_`: at most 64. Anything else between braces is text. What a
/// value contains is never filled again.
public struct SecretPlaceholders: Sendable {
    /// The longest name, in bytes.
    public static let maximumNameBytes = 64
    /// The most placeholders in one call.
    public static let maximumCount = 64

    /// Why arguments were not filled. Names are the model's words, not secrets.
    public enum Fault: Error, Hashable, Sendable {
        /// There is no such secret for this call.
        case unknown(String)
        /// A placeholder in the name of a member: a secret would become a name.
        case inMemberName
        /// More than `maximumCount`.
        case tooMany
    }

    private enum Part {
        case text(Range<Int>)
        case secret(Secret)
    }

    private let secrets: [String: Secret]

    /// Placeholders for these secrets; their values are UTF-8.
    public init(_ secrets: [String: Secret]) {
        self.secrets = secrets
    }

    /// The arguments as JSON text with every placeholder filled, in one array that never moved. It is the caller's to
    /// wipe, once the call is sent.
    public func fill(_ arguments: JSON) throws(Fault) -> [UInt8] {
        guard !SecretPlaceholders.hasPlaceholderName(arguments) else { throw .inMemberName }
        // Two braces in a row open nothing in JSON's own syntax: they stand in texts alone.
        let template = arguments.bytes
        var parts: [Part] = []
        var start = 0
        var count = 0
        while let found = SecretPlaceholders.next(in: template, from: start) {
            let name = String(decoding: template[found.name], as: UTF8.self)
            guard let secret = secrets[name] else { throw .unknown(name) }
            count += 1
            guard count <= SecretPlaceholders.maximumCount else { throw .tooMany }
            parts += [.text(start..<found.whole.lowerBound), .secret(secret)]
            start = found.whole.upperBound
        }
        parts.append(.text(start..<template.count))
        return SecretPlaceholders.join(parts, of: template)
    }

    private static func join(_ parts: [Part], of template: [UInt8]) -> [UInt8] {
        var filled: [UInt8] = []
        filled.reserveCapacity(
            parts.reduce(0) { sum, part in
                switch part {
                case .text(let range): sum + range.count
                case .secret(let secret): sum + secret.withBytes { $0.reduce(0) { $0 + escape($1).count } }
                }
            })
        for part in parts {
            switch part {
            case .text(let range): filled.append(contentsOf: template[range])
            case .secret(let secret): secret.withBytes { for byte in $0 { filled.append(contentsOf: escape(byte)) } }
            }
        }
        return filled
    }

    /// A byte inside a JSON text.
    private static func escape(_ byte: UInt8) -> [UInt8] {
        SecretForms.json(byte, slash: false) ?? [byte]
    }

    /// The next placeholder at or after `start`.
    private static func next(in text: [UInt8], from start: Int) -> (whole: Range<Int>, name: Range<Int>)? {
        let brace = UInt8(ascii: "{")
        var index = start
        while index + 4 < text.count {
            defer { index += 1 }
            guard text[index] == brace, text[index + 1] == brace else { continue }
            let first = index + 2
            let end = text[first...].prefix(maximumNameBytes + 1).firstIndex { !isNameByte($0) } ?? first
            guard end > first, !text[first].isDigit, text[end...].starts(with: "}}".utf8) else { continue }
            return (index..<end + 2, first..<end)
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isWordByte && byte != UInt8(ascii: "-")
    }

    private static func hasPlaceholderName(_ json: JSON) -> Bool {
        switch json {
        case .object(let members):
            members.contains { next(in: Array($0.name.utf8), from: 0) != nil || hasPlaceholderName($0.value) }
        case .array(let values): values.contains(where: hasPlaceholderName)
        default: false
        }
    }
}
