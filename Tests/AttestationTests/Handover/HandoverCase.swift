import Attestation
import Testing

/// One thing that is changed about a hand-over, and what is said against it.
struct HandoverCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let refusals: [HandoverRefusal]
    let change: @Sendable (inout HandoverStage) -> Void

    init(
        _ name: String, _ refusals: [HandoverRefusal], _ change: @escaping @Sendable (inout HandoverStage) -> Void
    ) {
        testDescription = name
        self.refusals = refusals
        self.change = change
    }
}
