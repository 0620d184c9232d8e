public import Primitives

import Cryptography

/// Asks a peer for evidence over a fresh nonce and for its keys, and judges both. Whatever goes wrong, the answer is a
/// degraded state. One that only says that the peer had no time has `retryAfterSeconds`: whoever holds an earlier
/// judgement may keep it, as long as that is not too old.
public struct PeerJudge: Sendable {
    /// A bundle is a few KiB; a chain and a long key set make it some tens.
    public static let maximumReportBytes = EvidenceBundle.maximumBytes
    /// Hundreds of keys.
    public static let maximumKeySetBytes = 64 << 10
    /// One answer. The peer gathers nonces for a quarter of a second, and its device takes a turn a second.
    public static let milliseconds: UInt64 = 8_000
    /// The most that the statement may be old by this gateway's clock, whatever the policy allows: the nonce has just
    /// been made, so that what is more is two clocks that differ.
    public static let maximumEvidenceAgeSeconds: Int64 = 120

    /// When to come again if the peer does not say: the time that its device takes for a turn.
    public static let busySeconds: Int64 = 1

    /// Why there is no answer to judge.
    private struct NoAnswer: Error {
        let fault: PeerFetchFault
        var retryAfterSeconds: Int64?
    }

    private let verifier: BundleVerifier
    private let fetcher: any PeerFetcher
    private let clock: any WallClock
    private let pacing: any Pacing
    private let random: any RandomSource

    /// A judge that believes what `verifier` believes.
    public init(
        verifier: BundleVerifier, fetcher: any PeerFetcher, clock: any WallClock, pacing: any Pacing,
        random: any RandomSource
    ) {
        self.verifier = verifier
        self.fetcher = fetcher
        self.clock = clock
        self.pacing = pacing
        self.random = random
    }

    /// What is to be thought of the peer at `origin` by `policy`, to which a nonce and an age are always added. Nil is
    /// a policy that nobody can meet.
    public func judge(_ origin: String, by policy: EvidencePolicy?) async -> PeerTrust {
        let (askedAt, judgedAt) = (pacing.now(), clock.now())
        func none(_ code: String, _ message: String, retryAfterSeconds: Int64? = nil) -> PeerTrust {
            PeerTrust(
                origin: origin, state: .degradedNoAttestation, judgedAt: judgedAt,
                reasons: [PeerTrust.Reason(code: code, message: message)], retryAfterSeconds: retryAfterSeconds,
                askedAt: askedAt)
        }
        guard var policy else {
            return none("no_policy", "There is neither a policy for peers nor evidence of this gateway's own.")
        }
        policy.requiresNonce = true
        policy.maximumAgeSeconds = min(policy.maximumAgeSeconds ?? .max, PeerJudge.maximumEvidenceAgeSeconds)
        do throws(NoAnswer) {
            var expected = BundleExpectations()
            let nonce = CallerNonce(random: random)
            expected.nonce = nonce
            expected.gateway = origin
            var published = try await keys(of: origin)
            let answer = try await get(
                origin + "/api/attestation/report?nonce=" + nonce.hex, upTo: PeerJudge.maximumReportBytes)
            let bundle: EvidenceBundle
            do {
                bundle = try EvidenceBundle(answer)
            } catch {
                return none("bundle", "The evidence cannot be read: \(error.member) is \(error.problem.rawValue).")
            }
            // With its own keys first: whether the evidence stands by itself.
            expected.keys = bundle.keys
            let evidence = verifier.judge(bundle, by: policy, expecting: expected, at: clock.now())
            var trust: PeerTrust
            var isSecondLook = false
            repeat {
                expected.keys = published
                trust = PeerTrust(
                    origin: origin, judgedAt: judgedAt, evidence: evidence,
                    published: verifier.judge(bundle, by: policy, expecting: expected, at: clock.now()),
                    keys: bundle.keys, askedAt: askedAt)
                // A key that was announced between the two answers is no lie: one more look tells.
                guard trust.state == .degradedHashMismatch, evidence.isTrusted, !isSecondLook else { break }
                isSecondLook = true
                published = try await keys(of: origin)
            } while true
            return trust
        } catch {
            return none(
                error.fault.rawValue, error.fault.explanation, retryAfterSeconds: error.retryAfterSeconds)
        }
    }

    private func keys(of origin: String) async throws(NoAnswer) -> TokenKeySet {
        let body = try await get(origin + "/.well-known/jwks.json", upTo: PeerJudge.maximumKeySetBytes)
        guard let json = try? JSON(parsing: body), let keys = try? TokenKeySet(jwks: json) else {
            throw NoAnswer(fault: .refused)
        }
        return keys
    }

    private func get(_ url: String, upTo maximumBytes: Int) async throws(NoAnswer) -> [UInt8] {
        let answer: PeerAnswer
        do throws(PeerFetchFault) {
            answer = try await limited(url, maximumBytes)
        } catch {
            throw NoAnswer(fault: error)
        }
        switch (answer.status, answer.retryAfterSeconds) {
        case (200, _): break
        case (429, let seconds):
            throw NoAnswer(fault: .busy, retryAfterSeconds: max(seconds ?? PeerJudge.busySeconds, 1))
        case (503, let seconds?): throw NoAnswer(fault: .busy, retryAfterSeconds: max(seconds, 1))
        case (300..<400, _): throw NoAnswer(fault: .redirects)
        default: throw NoAnswer(fault: .refused)
        }
        guard answer.body.count <= maximumBytes else { throw NoAnswer(fault: .tooLarge) }
        return answer.body
    }

    /// The fetcher has limits of its own; this one holds even if it forgets them.
    private func limited(_ url: String, _ maximumBytes: Int) async throws(PeerFetchFault) -> PeerAnswer {
        let outcome = await withTaskGroup(of: Result<PeerAnswer, PeerFetchFault>.self) { group in
            group.addTask { [fetcher] in
                do throws(PeerFetchFault) {
                    return .success(
                        try await fetcher.get(url, maximumBytes: maximumBytes, milliseconds: PeerJudge.milliseconds))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask { [pacing] in
                await pacing.wait(until: pacing.now() + PeerJudge.milliseconds * 1_000_000)
                return .failure(.timedOut)
            }
            let first = await group.next() ?? .failure(.timedOut)
            group.cancelAll()
            return first
        }
        return try outcome.get()
    }
}
