import Agents
import Cryptography
import Database
import HTTPServer
import Telemetry
import Vault

/// The numbers that `/metrics` reads at the moment it is asked.
enum GatewayGauges {
    static func install(in metrics: Metrics, domains: Domains, server: HTTPServer) {
        metrics.gauge("sealgate_connections", help: "Open connections.") { Int64(server.statistics.openConnections) }
        metrics.gauge("sealgate_streams", help: "Open event streams.") { Int64(server.statistics.openStreams) }
        metrics.gauge("sealgate_body_bytes", help: "Request bodies in memory.") {
            Int64(server.statistics.bufferedBodyBytes)
        }
        metrics.gauge("sealgate_unsent_bytes", help: "Answers that clients have not read yet.") {
            Int64(server.statistics.unsentBytes)
        }
        metrics.gauge(
            "sealgate_proxy_refusals", help: "Connections of listed balancers closed for want of a good PROXY header."
        ) { Int64(server.statistics.proxyRefusals) }
        metrics.gauge("sealgate_turns", help: "Chat turns under way.") { Int64(domains.chat.runningTurns) }
        metrics.gauge("sealgate_open_vaults", help: "Vaults that are open for some credential.") {
            Int64(domains.openVaults.count)
        }
        metrics.gauge("sealgate_secret_slots_used", help: "Secrets in locked memory.") {
            Int64(SecretArena.usage?.used ?? 0)
        }
        metrics.gauge("sealgate_secret_slots", help: "Secrets that fit into locked memory.") {
            Int64(SecretArena.usage?.slots ?? 0)
        }
        metrics.gauge("sealgate_database_commits", help: "Transactions committed since the start.") {
            Int64(domains.database.statistics.commits)
        }
        metrics.gauge("sealgate_database_writes", help: "Writes committed since the start, grouped into transactions.")
        {
            Int64(domains.database.statistics.bodies)
        }
        metrics.gauge("sealgate_database_waiting_writes", help: "Writes that wait for the writer thread.") {
            Int64(domains.database.statistics.waitingWrites)
        }
    }
}
