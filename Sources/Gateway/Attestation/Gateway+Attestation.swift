import Attestation
import AttestationRoutes
import Cryptography
import Database
import HTTPServer
import Identity
import Primitives
import Telemetry
import Vault

/// The step of a start that makes evidence.
extension Gateway {
    /// The largest policy file: thousands of measurements.
    static let maximumPolicyBytes = 1 << 20
    /// AMD's certificates that were fetched once, below the data folder.
    static let endorsementFolder = "endorsements"

    static func attest(
        _ configuration: Configuration, _ domains: Domains, roots: TrustedRoots, codeHash: CodeHash, tls: TLSIdentity,
        origin: String, log: Log
    ) async throws -> AttestationService {
        let folder = configuration.dataDirectory + "/" + endorsementFolder
        guard DataFile.makeFolder(folder) else { throw GatewayStartError("The folder \(folder) cannot be made.") }
        return try await AttestationService.start(
            AttestationService.Ground(
                settings: configuration.attestation, roots: roots, keys: domains.keys, origin: origin,
                codeHash: codeHash, tls: tlsFact(tls), sealingKey: domains.sealing.publicKey,
                database: domains.database, clock: domains.clock, steady: SteadyClock(), log: log,
                endorsements: EndorsementSource(
                    roots: roots, folder: folder,
                    fetcher: configuration.attestation.kdsURL.map {
                        KDSFetcher(client: domains.client, baseURL: $0)
                    }, clock: domains.clock),
                coversImage: configuration.root.scope == .image,
                policy: try keptKeyPolicy(configuration), trust: try statedTrust(configuration)))
    }

    /// The settings that the statement names.
    private static func statedTrust(_ configuration: Configuration) throws(GatewayStartError) -> StatedTrust {
        let isSealed = configuration.root.sealing != .file
        let document = isSealed ? RootFiles(folder: configuration.dataDirectory).readDocument() : nil
        return StatedTrust(
            recovery: document.map { StatedTrust.Recovery($0.set) },
            releaseKey: try configuration.attestation.handover.map { files throws(GatewayStartError) in
                try ReleaseListFile(files).key.thumbprint
            })
    }

    /// The operator's policy for kept keys. One that takes any measurement would have any code's keys sign sessions.
    private static func keptKeyPolicy(_ configuration: Configuration) throws -> EvidencePolicy? {
        guard let policy = try policy(configuration.attestation.policyFile, of: .evidencePolicy) else { return nil }
        guard policy.measurements != nil else {
            throw GatewayStartError(
                "\(Setting.evidencePolicy.name): `measurements` must be named: with `any` a key of any code, kept in "
                    + "the database, would sign sessions here.")
        }
        return policy
    }

    /// Production starts with evidence that AMD's roots vouch for, or not at all.
    static func requireEvidence(_ configuration: Configuration, _ attestation: AttestationService) throws {
        guard configuration.mode == .production, !attestation.isAuthentic else { return }
        guard attestation.platform != .none else {
            throw GatewayStartError(
                "\(Setting.mode.name): production needs attestation hardware, and none answers. Is this an SEV-SNP "
                    + "guest with the sev-guest driver? Azure's machines have none and are not served.")
        }
        throw GatewayStartError(
            "\(Setting.mode.name): production needs evidence that AMD's roots vouch for, and this device's is not: "
                + attestation.doubts)
    }

    private static func tlsFact(_ identity: TLSIdentity) -> TLSKeyFact {
        switch identity.source {
        case .none: .none
        case .file: .file
        case .inside: identity.spkiSHA256.flatMap { TLSKeyFact.inside(spkiSHA256: $0) } ?? .none
        }
    }

    static func policy(_ path: String?, of setting: Setting) throws -> EvidencePolicy? {
        guard let path else { return nil }
        guard let text = DataFile.read(path, upTo: maximumPolicyBytes) else {
            throw GatewayStartError("\(setting.name): \(path) cannot be read.")
        }
        do {
            return try EvidencePolicy(json: JSON(parsing: text))
        } catch {
            throw GatewayStartError("\(setting.name): \(path): \(error)")
        }
    }

    static func routeSources(
        _ attestation: AttestationService, _ posture: PostureSource, _ peers: PeerService,
        _ configuration: Configuration,
        codeHash: CodeHash
    ) -> AttestationRoutes.Sources {
        let file = ProvenanceFile.ofRunningProgram(path: configuration.attestation.provenanceFile)
        let provenance = Task.detached(priority: .background) { ProvenanceAnswer.make(file, codeHash: codeHash) }
        return AttestationRoutes.Sources(
            posture: { posture.posture }, build: BuildInfo(codeHash: codeHash, provenance: file),
            isAuthentic: { attestation.isAuthentic },
            releaseGuard: posture.releaseGuard, provenance: { await provenance.value },
            thumbprints: { attestation.ground.keys.published.keys.map(\.thumbprint) },
            publisher: attestation.publisher, archived: { attestation.kept($0) },
            peers: { refreshes in
                if refreshes { await peers.refresh() }
                return peers.book.view
            })
    }
}
