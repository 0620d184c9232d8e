import Agents
import AgentRoutes
import Attestation
import AttestationRoutes
import Cryptography
import Database
import EventLoops
import HTTPServer
import Identity
import LoginRoutes
import OperationsRoutes
import Primitives
import Telemetry
import WalletRoutes

/// All endpoints of the gateway, in the order of the documentation.
struct RouteTable {
    static let title = "Sealgate"
    static let summary =
        "A gateway that holds provider keys and USDC for agents: log in with a wallet, bring your own key, chat, and "
        + "pay from one balance."

    let domains: Domains
    let posture: PostureSource
    let attestation: AttestationRoutes.Sources
    let metrics: Metrics
    let tls: TLSIdentity
    let certificateRequest: [UInt8]?
    let statistics: @Sendable () -> ServerStatistics?
    var handover = HandoverRoutes(nil)

    func endpoints() -> [Endpoint] {
        let own =
            LoginRoutes(
                login: domains.login, signIn: domains.signIn, walletTokens: domains.walletTokens, keys: domains.keys,
                clock: domains.clock, signedRequests: domains.signedRequests,
                logout: logout, delegate: delegate, evidence: evidence
            ).endpoints
            + CredentialRoutes(credentials: domains.credentials).endpoints
            + DeviceRoutes(
                pairing: domains.devices, credentials: domains.credentials, origin: domains.origin
            ).endpoints
            + WorkflowRoutes(workflows: domains.workflows, credentials: domains.credentials).endpoints
            + AgentRoutes(
                catalogue: domains.catalogue, conversations: domains.conversations, chat: domains.chat
            ).endpoints
            + WalletRoutes(
                database: domains.database, ledger: domains.ledger, idempotency: domains.idempotency,
                vault: domains.vault, sealing: domains.sealing, settings: domains.settings, clock: domains.clock,
                random: domains.random,
                requiredSecrets: { [catalogue = domains.catalogue] in catalogue[$0]?.requiredSecrets }
            ).endpoints(withFaucet: posture.posture.mode == .development)
            + AttestationRoutes(attestation).endpoints + handover.endpoints
            + AttestationRoutes.tlsEndpoints(identity: tls, certificateRequest: certificateRequest)
            + OperationsRoutes.endpoints(
                postureSchema: AttestationRoutes.postureSchema, health: health, metrics: metrics)
        let main = own.map { $0.access == .anyone ? $0 : $0.refusing(TokenRefusal.kinds + SignedRequestRefusal.kinds) }
        return main
            + OperationsRoutes.documentation(
                title: RouteTable.title, version: Version.text, summary: RouteTable.summary, of: main)
    }

    private var logout: @Sendable (Caller) async throws -> Void {
        { [domains] caller in
            guard let principal = Principal(caller) else { throw APIError(.internalError, reason: "caller") }
            try await domains.logout(principal)
        }
    }

    private var delegate: @Sendable (Caller, String) throws -> LoginRoutes.Delegation {
        { [domains] caller, peer in
            guard let principal = Principal(caller) else { throw APIError(.internalError, reason: "caller") }
            return domains.peerToken(for: principal, to: peer)
        }
    }

    private var evidence: @Sendable (String, IPAddress) async -> LoginRoutes.Evidence {
        { [publisher = attestation.publisher] text, address in
            guard let publisher, let nonce = CallerNonce(hex: text) else {
                return .none(code: "attestation_unavailable")
            }
            do throws(PublishingError) {
                return .bundle(try await publisher.evidence(for: nonce, from: CallerNetwork(of: address)).json)
            } catch {
                return .none(code: AttestationRoutes.refusal(error).kind.code)
            }
        }
    }

    private var health: @Sendable () async -> OperationsRoutes.Health {
        { [domains, statistics, posture] in
            let answers = try? await domains.database.read { try $0.first("select 1", []) { try $0.integer(0) } }
            let now = statistics()
            return OperationsRoutes.Health(
                isHealthy: answers == 1, posture: posture.bytes,
                counts: [
                    ("agents", Int64(domains.catalogue.agents.count)),
                    ("connections", Int64(now?.openConnections ?? 0)), ("streams", Int64(now?.openStreams ?? 0)),
                ])
        }
    }
}
