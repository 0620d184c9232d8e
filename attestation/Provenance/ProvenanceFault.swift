/// Why a document is not a provenance statement of ours.
public enum ProvenanceFault: Error, Hashable, Sendable {
    /// The envelope holds another type of document.
    case otherType(String)
    /// Not one JSON object.
    case notJSON
    /// The named member is missing or has no value that may stand there.
    case member(String)
    /// The parts are right, but the bytes are not the one text that stands for them: members that this program does
    /// not know, another order, or spaces.
    case notCanonical
}
