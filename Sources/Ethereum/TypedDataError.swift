/// Why typed data cannot be hashed. `path` leads to the place, `message.to.wallet`.
public struct TypedDataError: Error, Hashable, Sendable {
    /// What was wrong.
    public enum Reason: String, Sendable {
        /// The document is not of the shape of `eth_signTypedData_v4`.
        case malformed
        /// A struct or member name that is no identifier, that a type of the standard has, or that stands twice.
        case badName
        /// A type that is neither one of the standard's nor declared.
        case unknownType
        /// A member of the type is missing in the value.
        case missingMember
        /// The value has a member that the type lacks: it would be shown, but not signed.
        case unknownMember
        /// The value is not one of its type: another kind, out of range, of another length.
        case badValue
        /// The domain has no member, or its declared type is not what its members give.
        case badDomain
        /// More types, members or nesting than `TypedData` takes.
        case tooLarge
    }

    /// What was wrong.
    public let reason: Reason
    /// Where.
    public let path: String
}
