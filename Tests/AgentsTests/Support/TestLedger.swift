import Database
import Primitives

@testable import Agents

/// A small ledger in the same database file, with real transactions: what a turn holds, charges and gives back can be
/// counted. Input costs 1, output 5 micro-USDC a token.
struct TestLedger: SpendingPort {
    static let migrations = [
        Migration(
            module: "testledger", number: 1, name: "accounts and calls",
            sql: """
                create table accounts (
                    wallet_id {int64} primary key, balance {int64} not null check (balance >= 0)
                ){strict};
                create table calls (
                    id {text} primary key, wallet_id {int64} not null, held {int64} not null, state {text} not null,
                    input {int64}, output {int64}, bytes {int64} not null, cost {int64} not null, code {text}
                ){strict};
                create table keys (
                    wallet_id {int64} not null, key {text} not null, fingerprint {bytes} not null, outcome {bytes},
                    primary key (wallet_id, key)
                ){strict};
                """)
    ]

    /// The row of a call.
    struct Call: Hashable, Sendable {
        var state: String
        var held: Int64
        var input: Int64?
        var output: Int64?
        var bytes: Int64
        var cost: Int64
        var code: String?
    }

    static let defaultOutputTokens = 1_000

    func knows(model: String) -> Bool { ["haiku", "sonnet"].contains(model) }

    func admit(_ call: CallRequest, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> CallAdmission {
        guard knows(model: call.model) else { throw SpendingRefusal.unknownModel }
        let wanted = call.maximumOutputTokens ?? Self.defaultOutputTokens
        let needed = Int64(call.requestBytes + 5 * wanted)
        let available = try Self.available(call.wallet, in: tx)
        guard available >= needed else {
            throw SpendingRefusal.insufficientBalance(available: MicroUSDC(available), needed: MicroUSDC(needed))
        }
        try tx.execute(
            "insert into calls (id, wallet_id, held, state, bytes, cost) values ($1, $2, $3, 'planned', 0, 0)",
            [.text(call.id), .wallet(call.wallet), .integer(needed)])
        return CallAdmission(modelID: "claude-\(call.model)-test", maximumOutputTokens: wanted)
    }

    func recordSent(_ call: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        try tx.execute("update calls set state = 'sent' where id = $1 and state = 'planned'", [.text(call)])
    }

    func recordProgress(
        _ call: String, _ progress: TurnProgress, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws {
        try tx.execute(
            """
            update calls set state = 'started', input = $2, output = $3, bytes = $4
            where id = $1 and state in ('planned', 'sent', 'started')
            """,
            [
                .text(call), .optional(progress.usage.map { Int64($0.input) }, SQLValue.integer),
                .optional(progress.usage.map { Int64($0.output) }, SQLValue.integer),
                .integer(Int64(progress.outputBytes)),
            ])
    }

    func settle(
        _ call: String, _ report: TurnReport, in tx: borrowing WriteTransaction, at now: Timestamp
    ) throws -> TurnCharge {
        try recordProgress(call, report.progress, in: tx, at: now)
        return try charge(call, isFinal: report.usageIsFinal, code: report.ending.code, in: tx)
    }

    func release(_ call: String, code: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        try tx.execute(
            "update calls set state = 'released', held = 0, code = $2 where id = $1", [.text(call), .text(code)])
    }

    func settleAbandoned(_ call: String, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> TurnCharge? {
        guard try Self.call(call, in: tx)?.input != nil else {
            try release(call, code: "abandoned", in: tx, at: now)
            return nil
        }
        return try charge(call, isFinal: false, code: "abandoned", in: tx)
    }

    private func charge(
        _ id: String, isFinal: Bool, code: String, in tx: borrowing WriteTransaction
    ) throws -> TurnCharge {
        guard let call = try Self.call(id, in: tx), call.state == "started" else {
            throw DatabaseError.misuse("no call")
        }
        let output = isFinal ? call.output ?? 0 : max(call.output ?? 0, (call.bytes + 2) / 3)
        let cost = call.input.map { $0 + 5 * output } ?? 0
        try tx.execute(
            "update calls set state = 'settled', held = 0, output = $2, cost = $3, code = $4 where id = $1",
            [.text(id), .integer(output), .integer(cost), .text(code)])
        let wallet = try tx.first("select wallet_id from calls where id = $1", [.text(id)]) { try $0.wallet(0) }
        guard let wallet else { throw DatabaseError.misuse("no wallet") }
        try tx.execute(
            "update accounts set balance = balance - $2 where wallet_id = $1", [.wallet(wallet), .integer(cost)])
        return TurnCharge(
            cost: MicroUSDC(cost), availableAfter: MicroUSDC(try Self.available(wallet, in: tx)),
            usage: TokenUsage(freshInput: Int(call.input ?? 0), output: Int(output)))
    }

    static func open(_ wallet: WalletID, balance: Int64, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            "insert into accounts (wallet_id, balance) values ($1, $2)", [.wallet(wallet), .integer(balance)])
    }

    /// Balance less what is held.
    static func available(_ wallet: WalletID, in reader: borrowing some SQLReader & ~Copyable) throws -> Int64 {
        try reader.first(
            """
            select balance - (select coalesce(sum(held), 0) from calls where wallet_id = $1)
            from accounts where wallet_id = $1
            """, [.wallet(wallet)]
        ) { try $0.integer(0) } ?? 0
    }

    static func call(_ id: String, in reader: borrowing some SQLReader & ~Copyable) throws -> Call? {
        try calls("where id = '\(id)'", in: reader).first
    }

    static func calls(
        _ filter: String = "", in reader: borrowing some SQLReader & ~Copyable
    ) throws -> [Call] {
        try reader.rows("select state, held, input, output, bytes, cost, code from calls \(filter) order by id", []) {
            Call(
                state: try $0.text(0), held: try $0.integer(1), input: try $0.optionalInteger(2),
                output: try $0.optionalInteger(3), bytes: try $0.integer(4), cost: try $0.integer(5),
                code: try $0.optionalText(6))
        }
    }
}

/// The memory of repeated requests, in the same file.
struct TestIdempotency: IdempotencyPort {
    func claim(_ key: TurnKey, in tx: borrowing WriteTransaction, at now: Timestamp) throws -> TurnKeyClaim {
        let found = try tx.first(
            "select fingerprint, outcome from keys where wallet_id = $1 and key = $2",
            [.wallet(key.wallet), .text(key.text)]
        ) { (try $0.blob(0), try $0.optionalBlob(1)) }
        guard let (fingerprint, outcome) = found else {
            try tx.execute(
                "insert into keys (wallet_id, key, fingerprint) values ($1, $2, $3)",
                [.wallet(key.wallet), .text(key.text), .blob(key.fingerprint)])
            return .fresh
        }
        guard fingerprint == key.fingerprint else { return .conflict }
        return outcome.map { .completed(outcome: $0) } ?? .inProgress
    }

    func complete(_ key: TurnKey, outcome: [UInt8], in tx: borrowing WriteTransaction, at now: Timestamp) throws {
        let changed = try tx.execute(
            "update keys set outcome = $3 where wallet_id = $1 and key = $2 and outcome is null and fingerprint = $4",
            [.wallet(key.wallet), .text(key.text), .blob(outcome), .blob(key.fingerprint)])
        guard changed == 1 else { throw DatabaseError.misuse("key not taken") }
    }

    func abandon(_ key: TurnKey, in tx: borrowing WriteTransaction) throws {
        try tx.execute(
            "delete from keys where wallet_id = $1 and key = $2 and outcome is null",
            [.wallet(key.wallet), .text(key.text)])
    }
}
