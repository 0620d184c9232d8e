/// Why bytes are not the DER (X.690) that was expected.
public struct DERFault: Error, Hashable, Sendable {
    /// Which part, and what is wrong with it, in plain words.
    public let detail: String
}
