import Cryptography
import Primitives

/// JSON objects in columns that only this root can read or write. Each holds in one place only.
struct SealedRecords: Sendable {
    private let sealingKey: Secret
    private let nonceKey: Secret

    init(sealing: Secret, nonces: Secret) {
        sealingKey = sealing
        nonceKey = nonces
    }

    /// The record sealed to `place`. The nonce follows from place and content, so a transaction that runs again with
    /// another content never repeats it; `random` hides that two contents are the same.
    func seal(_ record: JSON, at place: [UInt8], random: [UInt8]) -> [UInt8] {
        let bytes = record.bytes
        let code = HMACSHA256.code(
            over: SHA256.hash(place), SHA256.hash(random), SHA256.hash(bytes), key: nonceKey)
        let nonce = Array(code.prefix(AESGCM.nonceBytes))
        return nonce + AESGCM.seal(bytes, key: sealingKey, nonce: nonce, associated: place)
    }

    /// The record; nil if it was altered, moved or sealed by another root.
    func open(_ sealed: [UInt8], at place: [UInt8]) -> JSON? {
        guard sealed.count > AESGCM.nonceBytes,
            let bytes = try? AESGCM.open(
                Array(sealed.dropFirst(AESGCM.nonceBytes)), key: sealingKey,
                nonce: Array(sealed.prefix(AESGCM.nonceBytes)), associated: place)
        else { return nil }
        return try? JSON(parsing: bytes)
    }
}
