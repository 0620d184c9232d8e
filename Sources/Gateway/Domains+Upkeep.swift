import Vault
import Agents
import Attestation
import Database
import Identity
import Ledger
import Primitives
import Telemetry

extension Domains {
    /// What an earlier start left unfinished is settled from what was recorded, before the first request. Returns how
    /// many turns and calls there were.
    ///
    /// Where other nodes work on the same database nobody can tell at a start which of it they are still at: there it
    /// is settled by the housekeeping, once leases and holds have run out.
    func recover(log: Log) async throws -> Int {
        try await bindWallets(log: log)
        guard database.engine == .sqlite else { return 0 }
        let turns = try await chat.recover().ended
        return try await turns + ledgerUpkeep(log: log).settleAbandoned(at: clock.now())
    }

    /// Wallets bound in one write: some milliseconds.
    private static let bindingBatch = 500

    /// Binds the numbers of wallets from before there were bindings. Rows that cannot be bound stay refused, and are
    /// said.
    private func bindWallets(log: Log) async throws {
        var (bound, damaged, last) = (0, 0, WalletID?.none)
        while true {
            let (seed, start) = (random.bytes(32), last)
            let done = try await database.write { [wallets] in
                try wallets.bindOldRows(after: start, limit: Domains.bindingBatch, seed: seed, in: $0)
            }
            bound += done.bound
            if let next = done.last {
                last = next
                damaged += done.refused
                continue
            }
            guard bound + damaged + done.refused > 0 else { return }
            return log.write(
                "wallets_bound",
                [("bound", .number(Int64(bound))), ("refused", .number(Int64(max(damaged, done.refused))))])
        }
    }

    /// What the ledger needs done now and then.
    func ledgerUpkeep(log: Log) -> LedgerUpkeep {
        LedgerUpkeep(database: database, spending: spending, log: log)
    }

    /// Removes rows that only guarded against what can no longer happen, until none are left or `batches` are spent.
    func purge(_ batches: Batches, at now: Timestamp) async throws {
        try await batches.run { size in
            try await database.write { try UsedNonces().purge(at: now, limit: size, in: $0) }
        }
        try await batches.run { size in
            try await database.write { try UsedProofs().purge(at: now, limit: size, in: $0) }
        }
        try await batches.run { size in
            try await database.write { try Sessions().purge(before: now, limit: size, in: $0) }
        }
        try await batches.run { [apiKeys] size in
            try await database.write { try apiKeys.purge(before: now, limit: size, in: $0) }
        }
        try await batches.run { [deviceTables] size in
            try await database.write { try deviceTables.purge(before: now, limit: size, in: $0) }
        }
        try await batches.run { size in
            try await database.write { try WalletTokenMarks().purge(before: now, limit: size, in: $0) }
        }
        try await batches.run { size in
            try await database.write { try WalletRates().purge(before: now, limit: size, in: $0) }
        }
        try await batches.run { size in
            try await database.write { try NodeKeys.purge(before: now, limit: size, in: $0) }
        }
        try await batches.run { size in
            try await database.write { try KeyArchive().purge(before: now, limit: size, in: $0) }
        }
        try await batches.run { [idempotency] size in
            try await database.write { try idempotency.purge(limit: size, in: $0, at: now) }
        }
    }

    /// Ends a session: its token, and every vault that is open for it. Where that ended all wallet tokens of the
    /// wallet, all its vaults close. A signed request has no session to end.
    func logout(_ principal: Principal) async throws {
        guard !SignedRequests.isID(principal.sessionID) else { return }
        switch try await authenticator.logout(principal) {
        case .one: openVaults.close(grant: principal.sessionID)
        case .walletTokens: openVaults.close(wallet: principal.walletID)
        }
    }
}
