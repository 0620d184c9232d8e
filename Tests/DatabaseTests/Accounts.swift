import Database
import Primitives

/// A table like the ledger's: balances that must not fall below zero, and a log of what was done.
enum Accounts {
    static let migrations = [
        Migration(
            module: "accounts", number: 1, name: "accounts and entries",
            sql: """
                create table accounts (
                    id {int64} primary key,
                    balance {int64} not null constraint balance_not_negative check (balance >= 0)
                ) {strict};
                create table entries (
                    id {identity},
                    operation {text} not null unique,
                    account {int64} not null references accounts (id),
                    amount {int64} not null,
                    note {bytes}
                ) {strict};
                """)
    ]

    static func open(_ id: Int64, balance: Int64, in transaction: borrowing WriteTransaction) throws {
        try transaction.execute(
            "insert into accounts (id, balance) values ($1, $2)", [.integer(id), .integer(balance)])
    }

    static func balance(_ id: Int64, in transaction: borrowing some SQLReader & ~Copyable) throws -> Int64? {
        try transaction.first("select balance from accounts where id = $1", [.integer(id)]) { try $0.integer(0) }
    }

    /// Moves `amount` and notes it under `operation`, which may happen once only.
    static func transfer(
        _ operation: String, from: Int64, to: Int64, _ amount: Int64, in transaction: borrowing WriteTransaction
    ) throws {
        for account in [min(from, to), max(from, to)] { try transaction.lock(WalletID(account)) }
        try transaction.execute(
            "insert into entries (operation, account, amount) values ($1, $2, $3)",
            [.text(operation), .integer(to), .integer(amount)])
        try transaction.execute(
            "update accounts set balance = balance - $2 where id = $1", [.integer(from), .integer(amount)])
        try transaction.execute(
            "update accounts set balance = balance + $2 where id = $1", [.integer(to), .integer(amount)])
    }

    static func operations(in transaction: borrowing some SQLReader & ~Copyable) throws -> [String] {
        try transaction.rows("select operation from entries order by id", []) { try $0.text(0) }
    }
}
