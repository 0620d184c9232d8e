/// Why a nonce was refused.
public enum ChallengeError: Error, Hashable, CaseIterable, Sendable {
    /// It is not spelled like a nonce of ours.
    case malformed
    /// We did not issue it for this purpose and this wallet, or not under the present keys.
    case unknown
    /// Its five minutes are over.
    case expired
    /// It was used before.
    case used
}
