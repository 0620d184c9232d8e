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
        let reason: PeerTrust.Reason
        var retryAfterSeconds: Int64?

        init(reason: PeerTrust.Reason) {
            self.reason = reason
        }

        init(fault: PeerFetchFault, retryAfterSeconds: Int64? = nil) {
            reason = PeerTrust.Reason(code: fault.rawValue, message: fault.explanation)
            self.retryAfterSeconds = retryAfterSeconds
        }
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
    ///
    /// A peer whose evidence names the TLS key that it was born with is asked once more over connections that only the
    /// holder of that key can serve, and judged by what came over those.
    public func judge(_ origin: String, by policy: EvidencePolicy?) async -> PeerTrust {
        let (askedAt, judgedAt) = (pacing.now(), clock.now())
        func none(_ why: NoAnswer) -> PeerTrust {
            PeerTrust(
                origin: origin, state: .degradedNoAttestation, judgedAt: judgedAt, reasons: [why.reason],
                retryAfterSeconds: why.retryAfterSeconds, askedAt: askedAt)
        }
        guard var policy else {
            return none(
                NoAnswer(
                    reason: PeerTrust.Reason(
                        code: "no_policy",
                        message: "There is neither a policy for peers nor evidence of this gateway's own.")))
        }
        policy.requiresNonce = true
        policy.maximumAgeSeconds = min(policy.maximumAgeSeconds ?? .max, PeerJudge.maximumEvidenceAgeSeconds)
        let question = Question(origin: origin, policy: policy, askedAt: askedAt, judgedAt: judgedAt)
        do throws(NoAnswer) {
            let (trust, bundle) = try await look(question, pin: nil)
            guard origin.hasPrefix("https://"), trust.verdict?[.statement]?.outcome == .pass,
                trust.state != .degradedNoAttestation,
                let pin = bundle.statement.flatMap(AttestationStatement.init)?.tls.spkiSHA256
            else { return trust }
            return try await look(question, pin: pin).trust
        } catch {
            return none(error)
        }
    }

    /// What does not change between two looks at a peer.
    private struct Question {
        let origin: String
        let policy: EvidencePolicy
        let askedAt: UInt64
        let judgedAt: Timestamp
    }

    /// Asks for keys and evidence over a nonce of its own, and judges them. With `pin` every connection is one to the
    /// holder of that TLS key.
    private func look(
        _ question: Question, pin: [UInt8]?
    ) async throws(NoAnswer) -> (trust: PeerTrust, bundle: EvidenceBundle) {
        var expected = BundleExpectations()
        let nonce = CallerNonce(random: random)
        expected.nonce = nonce
        expected.gateway = question.origin
        if let pin { expected.connectionKey = .spkiSHA256(pin) }
        var published = try await keys(of: question.origin, pin)
        let answer = try await get(
            question.origin + "/api/attestation/report?nonce=" + nonce.hex, pin, upTo: PeerJudge.maximumReportBytes)
        let bundle: EvidenceBundle
        do throws(BundleFault) {
            bundle = try EvidenceBundle(answer)
        } catch {
            let message = "The evidence cannot be read: \(error.member) is \(error.problem.rawValue)."
            throw NoAnswer(reason: PeerTrust.Reason(code: "bundle", message: message))
        }
        // With its own keys first: whether the evidence stands by itself.
        expected.keys = bundle.keys
        let evidence = verifier.judge(bundle, by: question.policy, expecting: expected, at: clock.now())
        var isSecondLook = false
        while true {
            expected.keys = published
            let trust = PeerTrust(
                origin: question.origin, judgedAt: question.judgedAt, evidence: evidence,
                published: verifier.judge(bundle, by: question.policy, expecting: expected, at: clock.now()),
                keys: bundle.keys, askedAt: question.askedAt)
            // A key that was announced between the two answers is no lie: one more look tells.
            guard trust.state == .degradedHashMismatch, evidence.isTrusted, !isSecondLook else {
                return (trust, bundle)
            }
            isSecondLook = true
            published = try await keys(of: question.origin, pin)
        }
    }

    private func keys(of origin: String, _ pin: [UInt8]?) async throws(NoAnswer) -> TokenKeySet {
        let body = try await get(origin + "/.well-known/jwks.json", pin, upTo: PeerJudge.maximumKeySetBytes)
        guard let json = try? JSON(parsing: body), let keys = try? TokenKeySet(jwks: json) else {
            throw NoAnswer(fault: .refused)
        }
        return keys
    }

    private func get(
        _ url: String, _ pin: [UInt8]?, upTo maximumBytes: Int
    ) async throws(NoAnswer) -> [UInt8] {
        let answer: PeerAnswer
        do throws(PeerFetchFault) {
            answer = try await limited(url, pin, maximumBytes)
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

    /// The fetcher has limits of its own. This one cancels a fetch that forgets them; it ends with the fetcher's
    /// heeding that, as every task has to.
    private func limited(
        _ url: String, _ pin: [UInt8]?, _ maximumBytes: Int
    ) async throws(PeerFetchFault) -> PeerAnswer {
        let outcome = await withTaskGroup(of: Result<PeerAnswer, PeerFetchFault>.self) { group in
            group.addTask { [fetcher] in
                do throws(PeerFetchFault) {
                    return .success(
                        try await fetcher.get(
                            url, pinnedKeySHA256: pin, maximumBytes: maximumBytes, milliseconds: PeerJudge.milliseconds)
                    )
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
