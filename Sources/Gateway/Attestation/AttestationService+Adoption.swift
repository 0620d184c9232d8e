import Attestation
import Cryptography
import Database
import Identity
import Primitives
import Telemetry

extension AttestationService {
    /// Takes back the keys of earlier starts, and of siblings on the same database, whose kept evidence passes this
    /// node's policy. A row that does not pass is neither published nor accepted: whoever can write the database can
    /// write a row, but not a report.
    func adoptKeptKeys() async {
        guard let own = publisher?.bootReport, let policy = policy(like: own) else { return }
        state.withLock { $0.hasLooked = true }
        let now = ground.clock.now()
        let rows: [ArchivedKey]
        do {
            rows = try await ground.database.read { [archive] tx in try archive.accepted(at: now, in: tx) }
        } catch {
            return ground.log.write("attestation_archive", [("code", .id(ErrorNames.code(of: error)))])
        }
        var adopted: Int64 = 0
        for row in rows where ground.keys.published[row.kid] == nil {
            guard let key = key(of: row, policy, at: now) else {
                ground.log.write("attested_key_refused", [("key", .id(row.kid))])
                continue
            }
            // A row may say anything: no token outlives a session's lifetime from now.
            let latest = now.adding(seconds: Sessions.lifetimeSeconds)
            ground.keys.adopt(key, until: min(row.acceptedUntil ?? latest, latest), at: now)
            state.withLock { $0.evidence[row.kid] = row.bundle }
            adopted += 1
        }
        guard adopted > 0 else { return }
        ground.log.write("attested_keys_adopted", [("count", .number(adopted))])
        // The key set has changed, and the statement names all of it.
        await publish()
    }

    /// A key signs for a rotation's period, and its last token lives a session's lifetime; a day for clocks and pauses.
    var greatestAgeSeconds: Int64 {
        Int64(ground.settings.sessionKeyHours) * 3_600 + Sessions.lifetimeSeconds + 86_400
    }

    /// The evidence of a key that is published, as JSON text: this process's own, or judged when the key was taken
    /// back. From memory, so that strangers who ask cost neither a signature's verification nor a query, and get
    /// nothing that was written into the database since.
    func kept(_ kid: String) -> [UInt8]? {
        guard ground.keys.published[kid] != nil else { return nil }
        return state.withLock { $0.evidence[kid] }
    }

    /// The key of a row, if its evidence is good and about that very key.
    private func key(of row: ArchivedKey, _ policy: EvidencePolicy, at now: Timestamp) -> ES256PublicKey? {
        guard let bundle = try? EvidenceBundle(row.bundle), bundle.profile == .sealgate1,
            let key = bundle.keys.keys.first, key.thumbprint == row.kid,
            let statement = bundle.statement.flatMap(AttestationStatement.init),
            now <= statement.issuedAt.adding(seconds: greatestAgeSeconds)
        else { return nil }
        var expected = BundleExpectations()
        expected.activeKey = row.kid
        expected.gateway = ground.origin
        let verdict = BundleVerifier(Verifier(roots: ground.roots)).judge(
            bundle, by: policy, expecting: expected, at: now)
        return verdict.isTrusted ? key : nil
    }

    /// The operator's policy, or what this very instance is: its measurement on its product, on a Milan on its chip.
    private func policy(like own: EvidenceBundle) -> EvidencePolicy? {
        if var policy = ground.policy {
            // Kept evidence is old by its nature, and answers nobody's nonce.
            policy.maximumAgeSeconds = nil
            policy.requiresNonce = false
            return policy
        }
        return policyOfOwnKind(own)
    }

    /// What this very instance is; nil without evidence that AMD's roots vouch for, and where the measurement does not
    /// cover the image.
    var policyOfOwnKind: EvidencePolicy? { publisher?.bootReport.flatMap(policyOfOwnKind) }

    private func policyOfOwnKind(_ own: EvidenceBundle) -> EvidencePolicy? {
        // Where the measurement is the provider's firmware, every customer's machine is of this kind.
        guard ground.coversImage else { return nil }
        let verdict = judge(own)
        guard verdict.isAuthentic, let report = verdict.report, let product = verdict.product else { return nil }
        var policy = EvidencePolicy(measurements: [report.measurement])
        policy.products = [product]
        if product == .milan { policy.chips = [report.chipID] }
        // Under a VLEK the cloud's key service is in the trusted base already: one's own, and no other.
        if report.signingKey == .vlek, let vek = own.evidence.endorsements.vek,
            let certificate = try? X509Certificate(der: vek),
            let cloud = VEKCertificate(certificate).cloudProvider
        {
            policy.clouds = [cloud]
        }
        policy.vmpls = [report.vmpl]
        policy.requiresAliasCheck = false
        policy.revocation = .ifPresent
        return policy
    }
}
