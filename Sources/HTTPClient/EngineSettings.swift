/// What all transfers of a client have in common.
struct EngineSettings: Sendable {
    let policy: EgressPolicy
    let trust: TrustAnchors
    let connections: ConnectionLimits
}
