public import Primitives
import Ethereum

/// Nonces of logins: each is bound to the set of keys that may sign the session it leads to.
public struct LoginNonces: Sendable {
    private let authority: ChallengeAuthority
    private let keys: SessionKeys
    private let random: any RandomSource

    /// Nonces of `authority` for sessions that `keys` sign.
    public init(authority: ChallengeAuthority, keys: SessionKeys, random: any RandomSource) {
        self.authority = authority
        self.keys = keys
        self.random = random
    }

    /// A fresh nonce, and the commitment to the keys that it is bound to.
    func issue(
        _ purpose: ChallengePurpose, for subject: ChallengeSubject, at now: Timestamp
    ) -> (nonce: ChallengeNonce, text: String, commitment: String) {
        let commitment = keys.commitment
        let (nonce, text) = authority.issue(
            purpose, for: subject, context: LoginNonces.context(commitment), at: now, random: random)
        return (nonce, text, commitment)
    }

    /// The nonce that comes back, and the key set it is bound to: a rotation may have come in between.
    func recognise(
        _ text: String, _ purpose: ChallengePurpose, by address: Address, at now: Timestamp
    ) throws(ChallengeError) -> (nonce: ChallengeNonce, commitment: String) {
        var refusal = ChallengeError.unknown
        for commitment in keys.commitments(at: now) {
            do throws(ChallengeError) {
                let nonce = try authority.verify(
                    text, purpose, by: .address(address), context: LoginNonces.context(commitment), at: now)
                return (nonce, commitment)
            } catch {
                // Of several, what is said about the nonce itself tells more than that a MAC did not fit.
                if error != .unknown { refusal = error }
            }
        }
        throw refusal
    }

    /// Under other keys a challenge is unknown rather than a riddle: its text named the keys.
    private static func context(_ commitment: String) -> [UInt8] { Array(commitment.utf8) }
}
