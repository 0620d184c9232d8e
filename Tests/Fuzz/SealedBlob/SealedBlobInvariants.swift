import Attestation
import Primitives

/// What must hold for all bytes that are read as a sealed copy, good or bad. The fuzz target and the test that replays
/// its corpus check the same.
enum SealedBlobInvariants {
    /// Nil, or what does not hold.
    static func violation(_ bytes: [UInt8]) -> String? {
        guard let blob = SealedBlob(bytes) else { return nil }
        guard bytes.count <= SealedBlob.maximumBytes else { return "\(bytes.count) bytes were read" }
        guard let read = try? JSON(parsing: bytes), read == blob.json else {
            return "what was read is not what the copy writes"
        }
        guard blob.recoverySet.count == RecoveryShare.setIDBytes else { return "a set's id of another length" }
        guard SealedBlob(blob.json.bytes) == blob else { return "the copy does not come back from its own text" }
        return nil
    }
}
