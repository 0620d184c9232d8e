/// What a gateway thinks of another. The words are those of the published interface.
public enum PeerState: String, Hashable, Sendable, CaseIterable {
    /// Its evidence passed, and the keys that it publishes are those that the evidence names.
    case trusted
    /// Its evidence stands, but it publishes other keys.
    case degradedHashMismatch = "degraded_hash_mismatch"
    /// There is no evidence that passed: none was served, it is not good, or it is too long ago.
    case degradedNoAttestation = "degraded_no_attestation"
}
