public import Cryptography
public import Primitives

import Synchronization

/// The keys under which sessions are signed: born at start or at a rotation, never written anywhere.
///
/// A rotation drops no session. The next key is published first (`announce`), so that verifiers who keep our key set
/// have it by the time it signs; then it becomes the active one (`activate`), and the one before it is kept, its public
/// part only, until the last token that it signed has ended.
public final class SessionKeys: Sendable {
    /// The token type of sessions (RFC 9068 section 2.1). Other tokens of ours have other types.
    static let tokenType = "at+jwt"
    /// How long clients may keep our key set, and so how long a key is published before it signs, in seconds.
    public static let publicationSeconds: Int64 = 300

    /// A key that signs no more, and the moment from which nothing it signed can be good.
    private struct Retired {
        let key: ES256PublicKey
        let until: Timestamp
    }

    /// A commitment that stood in login texts, and the moment from which no such text can be good.
    private struct Superseded {
        let commitment: String
        let until: Timestamp
    }

    private struct State {
        var signer: TokenSigner
        var next: TokenSigner?
        var retired: [Retired] = []
        var superseded: [Superseded] = []
        var published: TokenKeySet
        var commitment: String
        var attestation: KeyAttestation?

        mutating func publish(at now: Timestamp) {
            let keys = [signer.publicKey] + [next?.publicKey].compactMap { $0 } + retired.map(\.key)
            published = TokenKeySet(keys)
            let commitment = SessionKeys.commitment(of: published.keys)
            guard commitment != self.commitment else { return }
            let until = now.adding(milliseconds: ChallengeNonce.lifetimeMilliseconds)
            superseded.removeAll { $0.commitment == commitment }
            superseded.append(Superseded(commitment: self.commitment, until: until))
            self.commitment = commitment
        }
    }

    private let state: Mutex<State>

    /// The set of one key.
    public init(active: ES256PrivateKey) {
        let signer = TokenSigner(key: active, type: SessionKeys.tokenType)
        let published = TokenKeySet([signer.publicKey])
        state = Mutex(
            State(
                signer: signer, published: published, commitment: SessionKeys.commitment(of: published.keys)))
    }

    /// The public keys, the active one first: `/.well-known/jwks.json`.
    public var published: TokenKeySet { state.withLock { $0.published } }

    /// Those of them that this process signs with, now or next.
    var own: [ES256PublicKey] { state.withLock { [$0.signer.publicKey] + [$0.next?.publicKey].compactMap { $0 } } }

    /// Names the whole set: lower-case hex of SHA-256 over the keys' thumbprints (base64url, RFC 7638), sorted and
    /// joined by LF. Stands in every login text, so a client that has verified the keys knows which may answer.
    public var commitment: String { state.withLock { $0.commitment } }

    /// The commitments that a login text coming back at `now` may name, the present one first.
    func commitments(at now: Timestamp) -> [String] {
        state.withLock { state in
            [state.commitment] + state.superseded.filter { now < $0.until }.map(\.commitment)
        }
    }

    /// What signs now, and what its tokens say of its evidence.
    var active: (signer: TokenSigner, attestation: KeyAttestation?) {
        state.withLock { ($0.signer, $0.attestation) }
    }

    /// Says what hardware has vouched for: the tokens signed from now on carry it. Nil takes it back.
    public func attest(_ attestation: KeyAttestation?) {
        state.withLock { $0.attestation = attestation }
    }

    /// Publishes the key that will sign next; one announced before it is dropped.
    public func announce(next key: ES256PrivateKey, at now: Timestamp) {
        let signer = TokenSigner(key: key, type: SessionKeys.tokenType)
        state.withLock { state in
            state.next = signer
            state.publish(at: now)
        }
    }

    /// What `published` will be when the announced key signs; nil if none is announced. The set is the same, and so is
    /// the commitment to it.
    public var publishedOnceActive: TokenKeySet? {
        state.withLock { state in
            guard let next = state.next?.publicKey else { return nil }
            return TokenKeySet([next] + state.published.keys.filter { $0 != next })
        }
    }

    /// Lets the announced key sign. The one before it verifies for a session's lifetime more. Nothing happens when none
    /// was announced.
    public func activate(at now: Timestamp) {
        state.withLock { state in
            guard let next = state.next else { return }
            let until = now.adding(seconds: Sessions.lifetimeSeconds)
            state.retired.append(Retired(key: state.signer.publicKey, until: until))
            state.signer = next
            state.next = nil
            state.attestation = nil
            state.publish(at: now)
        }
    }

    /// Takes back a key of an earlier start, or of a sibling, whose evidence has been judged good: its tokens are
    /// accepted until `until`, or the latest such moment if that is said again. It never signs.
    public func adopt(_ key: ES256PublicKey, until: Timestamp, at now: Timestamp) {
        state.withLock { state in
            if let known = state.retired.firstIndex(where: { $0.key.thumbprint == key.thumbprint }) {
                if state.retired[known].until < until { state.retired[known] = Retired(key: key, until: until) }
                return
            }
            guard state.published[key.thumbprint] == nil else { return }
            state.retired.append(Retired(key: key, until: until))
            state.publish(at: now)
        }
    }

    /// Drops the keys and commitments whose time is over.
    public func forgetExpired(at now: Timestamp) {
        state.withLock { state in
            state.superseded.removeAll { $0.until <= now }
            guard state.retired.contains(where: { $0.until <= now }) else { return }
            state.retired.removeAll { $0.until <= now }
            state.publish(at: now)
        }
    }

    /// The commitment to a set of keys, in whatever order they come.
    public static func commitment(of keys: [ES256PublicKey]) -> String {
        let thumbprints = keys.map { Array($0.thumbprint.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        return Hex.encode(SHA256.hash(Array(thumbprints.joined(separator: [UInt8(ascii: "\n")]))))
    }
}
