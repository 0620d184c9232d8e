import Vault
import Agents
import Database
import Identity
import Ledger
import Primitives

extension Domains {
    /// What an earlier start left unfinished is settled from what was recorded, before the first request. Returns how
    /// many provider calls that were.
    func recover() async throws -> Int {
        let turns = try await chat.recover()
        var calls = 0
        while true {
            let left = try await database.scan { [ledger, instance] tx in
                try ledger.abandonedCalls(besides: instance, limit: 100, in: tx)
            }
            guard !left.isEmpty else { return turns + calls }
            for call in left {
                let now = clock.now()
                try await database.write { [ledger] tx in
                    _ = try ledger.settleAbandoned(call: call, code: "interrupted", in: tx, at: now)
                }
                calls += 1
            }
        }
    }

    /// Gives back holds whose time is over and that no provider call decides about.
    func expireHolds(at now: Timestamp) async throws {
        let overdue = try await database.scan { [ledger] in try ledger.expiredHolds(at: now, limit: 100, in: $0) }
        for hold in overdue {
            do {
                try await database.write { [ledger] tx in _ = try ledger.expire(hold.id, in: tx, at: now) }
            } catch LedgerError.holdServesCall {
                continue
            }
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
