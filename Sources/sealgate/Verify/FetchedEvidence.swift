import Attestation

/// Evidence, and what it is to be compared with.
struct FetchedEvidence {
    var bundle: EvidenceBundle
    var expected: BundleExpectations
    let provenance: ServedProvenance
}
