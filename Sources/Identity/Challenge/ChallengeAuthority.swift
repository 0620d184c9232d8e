public import Cryptography
public import Primitives

/// Issues nonces and recognises its own. It stores nothing: a nonce authenticates itself, so asking for many costs us
/// one MAC each and fills no table. Each use is stored once, by `UsedNonces`.
public struct ChallengeAuthority: Sendable {
    /// How far ahead of our clock another node's may be. A nonce from further ahead means a clock was put back, and
    /// would live longer than it may.
    public static let clockSkewMilliseconds: Int64 = 60 * 1_000
    private static let domain = Array("sealgate/challenge/v1".utf8)

    private let key: Secret

    /// An authority under the tree's challenge key.
    public init(keys: KeyTree) throws(SecretError) {
        key = try keys.key(for: .challengeMAC)
    }

    /// A fresh nonce. `context` is what else has to be the same when it comes back, of a length fixed by the purpose.
    public func issue(
        _ purpose: ChallengePurpose, for subject: ChallengeSubject, context: [UInt8] = [], at now: Timestamp,
        random: some RandomSource
    ) -> (nonce: ChallengeNonce, text: String) {
        let nonce = ChallengeNonce(
            purpose: purpose, subjectKind: subject.kind, issuedAt: now,
            random: random.bytes(ChallengeNonce.randomBytes))
        return (nonce, nonce.text(code: code(of: nonce, subject, context)))
    }

    /// Reads a nonce that comes back: spelling, then MAC, then time. `claimant` is who presents it; a nonce that was
    /// issued for anyone does not look at it. Whether it was used before is `UsedNonces`' to say.
    public func verify(
        _ text: String, _ purpose: ChallengePurpose, by claimant: ChallengeSubject, context: [UInt8] = [],
        at now: Timestamp
    ) throws(ChallengeError) -> ChallengeNonce {
        guard let (nonce, code) = ChallengeNonce.parse(text) else { throw .malformed }
        let subject = nonce.subjectKind == ChallengeSubject.anyone.kind ? .anyone : claimant
        guard nonce.purpose == purpose, nonce.subjectKind == subject.kind,
            ConstantTime.equal(code, self.code(of: nonce, subject, context))
        else { throw .unknown }
        guard now < nonce.expiresAt else { throw .expired }
        guard nonce.issuedAt <= now.adding(milliseconds: ChallengeAuthority.clockSkewMilliseconds) else {
            throw .unknown
        }
        return nonce
    }

    private func code(of nonce: ChallengeNonce, _ subject: ChallengeSubject, _ context: [UInt8]) -> [UInt8] {
        let code = HMACSHA256.code(
            over: ChallengeAuthority.domain, nonce.fields, context, subject.bytes, key: key)
        return Array(code.prefix(ChallengeNonce.codeBytes))
    }
}
