import Vault
import Agents
import Database
import Identity
import Ledger
import Primitives
import Telemetry

extension Domains {
    /// What an earlier start left unfinished is settled from what was recorded, before the first request. A call that
    /// cannot be settled keeps its money held and does not keep the others from theirs.
    func recover(log: Log) async throws -> Int {
        var settled = try await chat.recover().ended
        let left = try await database.scan { [ledger, instance] tx in
            try ledger.abandonedCalls(besides: instance, limit: Domains.maximumRecovered, in: tx)
        }
        for call in left {
            let now = clock.now()
            do {
                try await database.write { [ledger] tx in
                    _ = try ledger.settleAbandoned(call: call, code: "interrupted", in: tx, at: now)
                }
                settled += 1
            } catch {
                log.write(
                    "recovery_failed", [("call", .id(call)), ("code", .id(ErrorNames.code(of: error)))])
            }
        }
        return settled
    }

    /// Calls that one start settles: more cannot be under way at once, since each is an open stream.
    private static let maximumRecovered = 100_000

    /// Gives back holds whose time is over; those of provider calls settle from what was recorded.
    func expireHolds(at now: Timestamp) async throws {
        let overdue = try await database.scan { [ledger] in try ledger.expiredHolds(at: now, limit: 100, in: $0) }
        for hold in overdue {
            try await database.write { [ledger] tx in _ = try ledger.expire(hold.id, in: tx, at: now) }
        }
    }

    /// Removes rows that only guarded against what can no longer happen.
    func purge(limit: Int, at now: Timestamp) async throws {
        try await database.write { [idempotency] tx in
            _ = try UsedNonces().purge(at: now, limit: limit, in: tx)
            _ = try Sessions().purge(before: now, limit: limit, in: tx)
            try idempotency.purge(limit: limit, in: tx, at: now)
        }
    }

    /// Ends a session: its token, and every vault that is open for it.
    func logout(_ principal: Principal) async throws {
        try await authenticator.logout(principal)
        openVaults.close(grant: principal.sessionID)
    }
}
