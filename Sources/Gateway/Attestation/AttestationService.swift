import Attestation
import Cryptography
import Database
import Identity
import Primitives
import Telemetry

/// The attested side of a running gateway: its device, its evidence, and the keys that evidence stands behind.
final class AttestationService: Sendable {
    /// What it is built on.
    struct Ground: Sendable {
        let settings: AttestationSettings
        let roots: TrustedRoots
        let keys: SessionKeys
        let origin: String
        let codeHash: CodeHash
        let tls: TLSKeyFact
        /// To which clients seal secrets.
        let sealingKey: X25519PublicKey
        let database: Database
        let clock: any WallClock
        /// Says when to do things again; nobody can set it.
        let steady: any WallClock
        let log: Log
        /// Finds the certificates that belong to a report.
        let endorsements: EndorsementSource
        /// Whether the launch measurement covers the image, as the operator says.
        let coversImage: Bool
        /// The operator's policy for kept evidence; nil for one made from the gateway's own.
        let policy: EvidencePolicy?
        /// The settings that the statement names.
        var trust = StatedTrust.none

        /// What there is to be said with these keys published.
        func facts(of keys: TokenKeySet) -> PublishedFacts {
            PublishedFacts(
                gateway: origin, codeHash: codeHash, keys: keys,
                keySetCommitment: SessionKeys.commitment(of: keys.keys), tls: tls, trust: trust,
                sealingKey: sealingKey)
        }
    }

    /// Makes evidence; nil without a device.
    let publisher: EvidencePublisher?
    let ground: Ground
    let device: DeviceQueue?
    let archive = KeyArchive()
    let state: AttestationState

    /// Opens the device, publishes the first report and takes back the keys whose kept evidence is good.
    ///
    /// Throws `GatewayStartError` where a device was demanded and does not answer.
    static func start(_ ground: Ground) async throws -> AttestationService {
        let service = AttestationService(ground, device: try openDevice(ground))
        guard service.publisher != nil else { return service }
        await service.publish()
        await service.adoptKeptKeys()
        return service
    }

    private init(_ ground: Ground, device: DeviceQueue?) {
        self.ground = ground
        self.device = device
        let state = AttestationState(
            rotation: KeyRotation(hours: ground.settings.sessionKeyHours, start: ground.steady.now()))
        self.state = state
        publisher = device.map { device in
            EvidencePublisher(
                device: device, clock: ground.clock, pacing: SteadyPacing(),
                facts: { ground.facts(of: ground.keys.published) },
                complete: { report, answer, patience in
                    let table = try? CertificateTable(answer.certificates)
                    let completion = await ground.endorsements.complete(
                        Evidence(
                            report: answer.report,
                            endorsements: table.map { Endorsements($0, for: report.signingKey) } ?? Endorsements()),
                        patience)
                    state.withLock { $0.missing(completion.missing, retryAt: completion.retryAt) }
                    return completion.evidence.endorsements
                })
        }
    }

    private static func openDevice(_ ground: Ground) throws -> DeviceQueue? {
        do throws(DeviceFault) {
            return try ground.settings.openDevice()
        } catch {
            guard ground.settings.device == .automatic else { throw AttestationSettings.noDevice(error) }
            ground.log.write("attestation_device", [("found", .flag(false)), ("code", .id(error.code))])
            return nil
        }
    }

    /// The reasons that hold now, beside those of the start.
    var degradations: Set<SecurityPosture.Degradation> {
        guard let device else { return [] }
        var found: Set<SecurityPosture.Degradation> = []
        let (isAuthentic, hasFailed) = state.withLock { ($0.isAuthentic, $0.hasFailed) }
        switch device.health {
        case .keyWiped: found.insert(.attestationKeyWiped)
        case .failing: found.insert(.attestationFailing)
        case .working, .untried: if hasFailed { found.insert(.attestationFailing) }
        }
        if state.withLock({ $0.isMilan }) { found.insert(.milanHardware) }
        if !isAuthentic, !hasFailed { found.insert(.evidenceNotAuthentic) }
        return found
    }

    /// Whether AMD's roots vouch for this instance.
    var isAuthentic: Bool { device != nil && state.withLock { $0.isAuthentic } }

    /// Why the boot report is not believed, for the operator.
    var doubts: String {
        guard let bundle = publisher?.bootReport else { return "no report could be had." }
        let missing = state.withLock { $0.missing }
        let failures = judge(bundle).failures.filter { Verdict.authenticity.contains($0.name) }.map(\.detail)
        return (failures + missing).joined(separator: "; ") + "."
    }

    /// The hardware that was found.
    var platform: SecurityPosture.Platform { device == nil ? .none : .sevSNP }

    /// Rotates the session key when it is time, and forgets keys whose last token has ended.
    func tend(at now: Timestamp) async throws {
        ground.keys.forgetExpired(at: now)
        let published = ground.keys.published
        state.withLock { $0.evidence = $0.evidence.filter { published[$0.key] != nil } }
        if let unkept = state.withLock({ $0.unkept }) { await keep(unkept) }
        let steady = ground.steady.now()
        switch state.withLock({ $0.rotation.due(at: steady) }) {
        case .announce:
            ground.keys.announce(next: .generate(), at: now)
            await publish()
        case .activate: await activate(at: now)
        case nil:
            guard state.withLock({ $0.isRetryDue(at: steady) }) else { return }
            await publish()
        }
        if isAuthentic, !state.withLock({ $0.hasLooked }) { await adoptKeptKeys() }
    }

    /// Lets the device go.
    func stop() {
        device?.stop()
    }

    /// Lets the announced key sign. Where there is a device its report comes first: until it is there the key before it
    /// goes on signing, and the next round tries again.
    private func activate(at now: Timestamp) async {
        func activate() {
            ground.keys.activate(at: now)
            let steady = ground.steady.now()
            state.withLock { $0.rotation.activated(at: steady) }
        }
        guard let publisher, let keys = ground.keys.publishedOnceActive else { return activate() }
        do throws(PublishingError) {
            let bundle = try await publisher.bootReport(of: ground.facts(of: keys))
            activate()
            publisher.publish(bundle)
            await published(bundle)
        } catch {
            ground.log.write("rotation_postponed", [("code", .id(AttestationService.code(of: error)))])
        }
    }

    /// A report over the keys that are published now, kept for whoever asks after they are gone.
    func publish() async {
        guard let publisher else { return }
        do throws(PublishingError) {
            await published(try await publisher.publishBootReport())
        } catch {
            let now = ground.steady.now()
            state.withLock { $0.failed(at: now) }
            ground.keys.attest(nil)
            ground.log.write("attestation_failed", [("code", .id(AttestationService.code(of: error)))])
        }
    }

    /// Takes in a boot report that is served from now on.
    private func published(_ bundle: EvidenceBundle) async {
        let verdict = judge(bundle)
        state.withLock { state in
            state.hasFailed = false
            state.isAuthentic = verdict.isAuthentic
            state.isMilan = verdict.product == .milan
            if let kid = bundle.keys.keys.first?.thumbprint { state.evidence[kid] = bundle.json.bytes }
        }
        if verdict.isAuthentic, let report = verdict.report, let statement = bundle.statement {
            ground.keys.attest(
                KeyAttestation(
                    profile: bundle.profile.rawValue, measurement: Hex.encode(report.measurement),
                    statementHash: Hex.encode(SHA256.hash(statement))))
        }
        ground.log.write(
            "attested",
            [
                ("authentic", .flag(verdict.isAuthentic)), ("product", .id(verdict.product?.rawValue ?? "unknown")),
                ("key", .id(bundle.keys.keys.first?.thumbprint ?? "none")),
                ("missing", .id(state.withLock { $0.missing }.joined(separator: "; "))),
            ])
        await keep(bundle)
    }

    func judge(_ bundle: EvidenceBundle) -> Verdict {
        var expected = BundleExpectations()
        expected.keys = ground.keys.published
        expected.gateway = ground.origin
        return BundleVerifier(Verifier(roots: ground.roots)).judge(
            bundle, by: EvidencePolicy(measurements: nil), expecting: expected, at: ground.clock.now())
    }

    private func keep(_ bundle: EvidenceBundle) async {
        guard let kid = bundle.keys.keys.first?.thumbprint else { return }
        let now = ground.clock.now()
        let until = now.adding(seconds: Sessions.lifetimeSeconds)
        let isAlone = ground.database.engine == .sqlite
        let end = now.adding(seconds: greatestAgeSeconds)
        do {
            try await ground.database.write { [archive] tx in
                try archive.keep(bundle, of: kid, at: now, in: tx)
                guard isAlone else { return try archive.bound(kid, until: end, in: tx) }
                try archive.retireOthers(than: kid, until: until, in: tx)
            }
            state.withLock { $0.unkept = nil }
        } catch {
            // Without it this key's tokens end with the process, as they do without a device: the next round tries
            // again.
            state.withLock { $0.unkept = bundle }
            ground.log.write("attestation_not_kept", [("code", .id(ErrorNames.code(of: error)))])
        }
    }

    private static func code(of error: PublishingError) -> String {
        switch error {
        case .busy: "busy"
        case .device(let fault): fault.code
        case .unusableReport: "unusable_report"
        case .noKey: "no_key"
        }
    }
}
