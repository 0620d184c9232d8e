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
    /// A batch is one write of a few milliseconds; a round of them keeps up with 3,000 logins a second, more than one
    /// node can verify.
    static let batches = Batches(size: 1_000, maximum: 50)
    /// The book is verified at the start and then once an hour: a fault in it is a fault of ours, and rare.
    static let roundsPerVerification = 240

    private let domains: Domains
    private let attestation: AttestationService
    private let log: Log
    private let loop: EventLoop

    init(domains: Domains, attestation: AttestationService, log: Log, loop: EventLoop) {
        self.domains = domains
        self.attestation = attestation
        self.log = log
        self.loop = loop
    }

    /// Runs every `periodSeconds` until the task is cancelled. The first verification of the book is its first act, so
    /// that the start waits for nothing.
    func start() -> Task<Void, Never> {
        loop.task { [self] in
            var rounds = 0
            while !Task.isCancelled {
                if rounds.isMultiple(of: Housekeeping.roundsPerVerification) { await verifyBook() }
                do { try await Task.sleep(for: .seconds(Housekeeping.periodSeconds)) } catch { return }
                await round()
                rounds += 1
            }
        }
    }

    private func verifyBook() async {
        await chore("book") { [domains, log] in try await domains.ledgerUpkeep(log: log).verifyBook() }
    }

    /// One round. Each chore fails alone: a full disk must not keep revocations from being forgotten.
    func round() async {
        let now = domains.clock.now()
        domains.authenticator.forgetExpired(at: now)
        domains.openVaults.closeExpired(at: now)
        await chore("turns") { [domains] in try await domains.chat.sweep() }
        await chore("holds") { [domains, log] in try await domains.ledgerUpkeep(log: log).expireHolds(at: now) }
        // Off the loop: it verifies signatures and writes files.
        await chore("keys") { [attestation] in
            try await Task.detached { try await attestation.tend(at: now) }.value
        }
        await chore("uses") { [domains] in
            try await Housekeeping.batches.run { try await domains.credentials.recordUses(limit: $0) }
        }
        await chore("rows") { [domains] in try await domains.purge(Housekeeping.batches, at: now) }
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
