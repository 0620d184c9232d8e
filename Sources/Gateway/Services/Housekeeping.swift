import Vault
import Agents
import Database
import EventLoops
import Identity
import Ledger
import Primitives
import Telemetry

/// The work that no request waits for: forgetting what has expired, and giving back money that nobody will claim.
final class Housekeeping: Sendable {
    /// How often it runs. Nothing here is urgent: what expired is refused at once, this only makes room.
    static let periodSeconds: Int64 = 15
    /// Rows a statement may remove: one write of a few milliseconds.
    static let batch = 1_000

    private let domains: Domains
    private let log: Log
    private let loop: EventLoop

    init(domains: Domains, log: Log, loop: EventLoop) {
        self.domains = domains
        self.log = log
        self.loop = loop
    }

    /// Runs every `periodSeconds` until the task is cancelled.
    func start() -> Task<Void, Never> {
        loop.task { [self] in
            while !Task.isCancelled {
                do { try await Task.sleep(for: .seconds(Housekeeping.periodSeconds)) } catch { return }
                await round()
            }
        }
    }

    /// One round. Each chore fails alone: a full disk must not keep revocations from being forgotten.
    func round() async {
        let now = domains.clock.now()
        domains.authenticator.forgetExpired(at: now)
        domains.openVaults.closeExpired(at: now)
        await chore("turns") { [domains] in try await domains.chat.sweep() }
        await chore("holds") { [domains] in try await domains.expireHolds(at: now) }
        await chore("rows") { [domains] in try await domains.purge(limit: Housekeeping.batch, at: now) }
    }

    private func chore(_ name: String, _ body: @Sendable () async throws -> Void) async {
        do {
            try await body()
        } catch {
            log.write(
                "housekeeping_failed",
                [("chore", .id(name)), ("code", .id(ErrorNames.code(of: error)))])
        }
    }
}
