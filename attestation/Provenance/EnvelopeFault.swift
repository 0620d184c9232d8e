/// Why a file is not an envelope.
public enum EnvelopeFault: Error, Hashable, Sendable {
    /// More than `DSSEEnvelope.maximumBytes`.
    case tooLong
    /// Not one JSON object.
    case notJSON
    /// The named member is missing, of another type, or not base64.
    case member(String)
    /// More than `DSSEEnvelope.maximumSignatures`.
    case tooManySignatures
}
