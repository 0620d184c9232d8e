import Attestation
import Database
import Identity
import Primitives
import Telemetry
import Vault

/// Keeps this node in step with the others on its database. Only where there may be others.
struct NodeService: Sendable {
    let watch: SessionWatch
    let attestation: AttestationService
    let log: Log

    /// Tells the other nodes this one's keys, takes theirs, and waits until they have taken ours, so that a token that
    /// is signed right after the start is good everywhere.
    static func start(
        _ domains: Domains, _ attestation: AttestationService, mode: SecurityPosture.Mode, log: Log
    ) async throws -> Task<Void, Never>? {
        guard let watch = domains.authenticator.watch else { return nil }
        watch.onEnded { [weak vaults = domains.openVaults] in vaults?.close(grant: $0) }
        // A code under the root tells nothing of the code that runs on the other node; evidence does.
        let hasEvidence = mode == .production || attestation.publisher != nil
        let others = try await watch.trust(hasEvidence ? .evidence : .sharedRoot)
        let service = NodeService(watch: watch, attestation: attestation, log: log)
        await service.look(wasCurrent: true)
        let task = Task.detached { await service.run() }
        if others > 0 { try await Task.sleep(for: .milliseconds(2 * SessionWatch.pollMilliseconds)) }
        return task
    }

    private func run() async {
        var wasCurrent = true
        while !Task.isCancelled {
            do { try await Task.sleep(for: .milliseconds(SessionWatch.pollMilliseconds)) } catch { return }
            wasCurrent = await look(wasCurrent: wasCurrent)
        }
    }

    /// Looks once. Whether what is known is recent; the log hears of it where that changes.
    @discardableResult
    private func look(wasCurrent: Bool) async -> Bool {
        var code = "late"
        do {
            if try await watch.look(), attestation.publisher != nil {
                // Beside the looking: judging evidence, and asking the device anew, may take seconds.
                Task.detached { [attestation] in await attestation.adoptKeptKeys() }
            }
        } catch {
            code = ErrorNames.code(of: error)
        }
        let isCurrent = watch.isCurrent
        if wasCurrent, !isCurrent { log.write("sessions_stale", [("code", .id(code))]) }
        if !wasCurrent, isCurrent { log.write("sessions_current") }
        return isCurrent
    }
}
