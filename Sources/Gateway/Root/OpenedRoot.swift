import Attestation
import Identity

/// A root secret, and what the posture says of it.
struct OpenedRoot: Sendable {
    let root: RootSecret
    let source: SecurityPosture.KeySource
    let found: Set<SecurityPosture.Degradation>
}
