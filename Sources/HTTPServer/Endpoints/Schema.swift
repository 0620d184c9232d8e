import Primitives

/// The shape of a JSON value: what a request must look like and what an answer looks like.
///
/// One description serves three times: bodies are checked against it before a handler sees them, the OpenAPI document
/// is generated from it (JSON Schema 2020-12), and tests compare answers with it.
public indirect enum Schema: Sendable {
    /// Text of `length` Unicode scalars that fits `format`, if one is named.
    case text(length: ClosedRange<Int>, format: TextFormat?)
    /// Text that must never stand in a Swift string: it is left in the body's own bytes, which are wiped. Visible ASCII
    /// without quotation marks or backslashes; `length` in bytes.
    case secret(length: ClosedRange<Int>)
    /// An object whose members have names that fit `name` and whose values are texts that must never stand in a Swift
    /// string: any text, of at most `bytes` bytes as it is written, escapes included. At most `maximum` members.
    case secrets(name: TextFormat, bytes: ClosedRange<Int>, maximum: Int)
    /// A whole number in a range.
    case integer(ClosedRange<Int64>)
    /// `true` or `false`.
    case boolean
    /// One of a few words.
    case choice([String])
    /// A list of at most `maximum` elements.
    case list(Schema, maximum: Int)
    /// An object. Members that are not named are let through when `isOpen`, as clients of older gateways send many.
    case object([Property], isOpen: Bool)
    /// Any JSON value.
    case anything
    /// The value, or null.
    case nullable(Schema)
    /// A schema with a name of its own in the OpenAPI document.
    case named(String, Schema)

    /// One member of an object.
    public struct Property: Sendable {
        /// The member's name.
        public let name: String
        /// Its shape.
        public let schema: Schema
        /// Whether it must be there.
        public let isRequired: Bool
        /// One sentence for the documentation.
        public let summary: String

        /// A member that must be there.
        public static func required(_ name: String, _ schema: Schema, _ summary: String = "") -> Property {
            Property(name: name, schema: schema, isRequired: true, summary: summary)
        }

        /// A member that may be left out.
        public static func optional(_ name: String, _ schema: Schema, _ summary: String = "") -> Property {
            Property(name: name, schema: schema, isRequired: false, summary: summary)
        }
    }

    /// Text up to `maximum` Unicode scalars, possibly empty.
    public static func text(upTo maximum: Int = 1_000) -> Schema {
        .text(length: 0...maximum, format: nil)
    }

    /// Text of a format whose own rule bounds its length.
    public static func format(_ format: TextFormat) -> Schema {
        .text(length: format.length, format: format)
    }

    /// The names of secret members of an object: the parser leaves those in place.
    var secretNames: Set<String> {
        switch self {
        case .named(_, let schema): return schema.secretNames
        case .object(let properties, _):
            return Set(
                properties.compactMap { property in
                    if case .secret = property.schema { property.name } else { nil }
                })
        default: return []
        }
    }

    /// The names of members whose own members are secret.
    var secretMaps: Set<String> {
        switch self {
        case .named(_, let schema): return schema.secretMaps
        case .object(let properties, _):
            return Set(
                properties.compactMap { property in
                    if case .secrets = property.schema { property.name } else { nil }
                })
        default: return []
        }
    }
}
