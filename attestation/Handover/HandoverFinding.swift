/// One reason against a hand-over, with what exactly is wrong in plain words. `detail` holds public values alone.
public struct HandoverFinding: Hashable, Sendable {
    /// The kind.
    public let refusal: HandoverRefusal
    /// For people.
    public let detail: String

    /// A reason and its words.
    public init(_ refusal: HandoverRefusal, _ detail: String) {
        self.refusal = refusal
        self.detail = detail
    }
}
