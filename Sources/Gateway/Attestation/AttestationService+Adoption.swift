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
        let now = ground.clock.now()
        let rows: [ArchivedKey]
        do {
            rows = try await ground.database.read { [archive] tx in try archive.accepted(at: now, in: tx) }
        } catch {
            return ground.log.write("attestation_archive", [("code", .id(ErrorNames.code(of: error)))])
        }
        var adopted: Int64 = 0
        for row in rows where row.kid != own.keys.keys.first?.thumbprint {
            guard let key = key(of: row, policy, at: now) else {
                ground.log.write("attested_key_refused", [("key", .id(row.kid))])
                continue
            }
            ground.keys.adopt(key, until: row.acceptedUntil ?? now.adding(seconds: Sessions.lifetimeSeconds), at: now)
            adopted += 1
        }
        guard adopted > 0 else { return }
        ground.log.write("attested_keys_adopted", [("count", .number(adopted))])
        // The key set has changed, and the statement names all of it.
        await publish()
    }

    /// The key of a row, if its evidence is good and about that very key.
    private func key(of row: ArchivedKey, _ policy: EvidencePolicy, at now: Timestamp) -> ES256PublicKey? {
        guard let bundle = try? EvidenceBundle(row.bundle), let key = bundle.keys.keys.first,
            key.thumbprint == row.kid
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

    /// What this very instance is; nil without evidence that AMD's roots vouch for.
    var policyOfOwnKind: EvidencePolicy? { publisher?.bootReport.flatMap(policyOfOwnKind) }

    private func policyOfOwnKind(_ own: EvidenceBundle) -> EvidencePolicy? {
        let verdict = judge(own)
        guard verdict.isAuthentic, let report = verdict.report, let product = verdict.product else { return nil }
        var policy = EvidencePolicy(measurements: [report.measurement])
        policy.products = [product]
        if product == .milan { policy.chips = [report.chipID] }
        policy.vmpls = [report.vmpl]
        policy.requiresAliasCheck = false
        policy.revocation = .ifPresent
        return policy
    }
}
