import Attestation
import Cryptography
import Identity
import Primitives

/// Says when k shares of a set gave the root back. Its code is made under the root, so that nobody who merely writes
/// into the folder can claim a rehearsal.
struct RehearsalRecord: Hashable, Sendable {
    static let maximumBytes = 1_024
    private static let label = Array("sealgate/recovery-rehearsal/v1".utf8)

    /// Id of the recovery set.
    let set: [UInt8]
    /// When it succeeded.
    let at: Timestamp
    private let code: [UInt8]

    /// The record of a success at `at`, made with the tree of the root that came back.
    init(of set: RecoverySet, at: Timestamp, keys: KeyTree) throws(SecretError) {
        self.set = set.id
        // As the text has it, milliseconds.
        self.at = Timestamp(iso8601: at.iso8601) ?? at
        code = HMACSHA256.code(
            over: RehearsalRecord.label, set.id, Array(self.at.iso8601.utf8),
            key: try keys.key(for: .recoveryRehearsal))
    }

    /// Whether it is about this set, and was made by somebody who had this tree's root.
    func isGenuine(for set: [UInt8], keys: KeyTree) throws(SecretError) -> Bool {
        let key = try keys.key(for: .recoveryRehearsal)
        return self.set == set
            && HMACSHA256.isValid(code, over: RehearsalRecord.label, set, Array(at.iso8601.utf8), key: key)
    }

    var json: JSON {
        [
            "version": 1, "recoverySet": .string(Hex.encode(set)), "rehearsedAt": .string(at.iso8601),
            "code": .string(Hex.encode(code)),
        ]
    }

    /// Nil unless it is what `json` writes.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes),
            let set = json["recoverySet"]?.string.flatMap({ Hex.decode($0) }),
            let at = json["rehearsedAt"]?.string.flatMap({ Timestamp(iso8601: $0) }),
            let code = json["code"]?.string.flatMap({ Hex.decode($0) })
        else { return nil }
        self.set = set
        self.at = at
        self.code = code
        guard json == self.json else { return nil }
    }
}
