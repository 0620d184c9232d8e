import Database
import HTTPServer
import HTTPTypes
import Ledger
import Primitives

extension WalletRoutes {
    var balance: Endpoint {
        Endpoint(
            .get, "/wallet/balance", area: WalletRoutes.area, summary: "What the wallet has and what it has spent.",
            detail: "availableBalance = developmentCredits - unsettledSpend - held, always.",
            access: .wallet(permission: "wallet:read"),
            answer: .json(
                200,
                .object(
                    WalletRoutes.amountSchema("availableBalance", "What can be spent now.") + [
                        .required("walletAddress", .format(.address)),
                        .required("held", .format(.baseUnits), "Locked by running calls, micro-USDC."),
                        .required("unsettledSpend", .format(.baseUnits), "Spent so far, micro-USDC."),
                        .required("developmentCredits", .format(.baseUnits), "Test money from the faucet, micro-USDC."),
                        .required("agentSpends", .object([], isOpen: true), "By agent id: {totalSpent}."),
                    ], isOpen: false))
        ) { [database, ledger] call in
            let caller = try call.caller()
            let (balance, spends) = try await database.read { tx in
                (
                    try ledger.balance(of: caller.walletID, in: tx),
                    try ledger.agentSpends(of: caller.walletID, in: tx)
                )
            }
            return .json(
                .object(
                    WalletRoutes.amount("availableBalance", balance.available) + [
                        .init("walletAddress", .string(caller.address)),
                        .init("held", .string(balance.held.baseUnits)),
                        .init("unsettledSpend", .string(balance.unsettledSpend.baseUnits)),
                        .init("developmentCredits", .string(balance.developmentCredits.baseUnits)),
                        .init(
                            "agentSpends",
                            .object(
                                spends.map { .init($0.agent, ["totalSpent": .string($0.spent.baseUnits)]) })),
                    ]))
        }
    }

    var transactions: Endpoint {
        Endpoint(
            .get, "/wallet/transactions", area: WalletRoutes.area, summary: "What moved the balance, newest first.",
            detail: "Amounts are positive; the type tells the direction: faucet adds, spend takes.",
            access: .wallet(permission: "wallet:read"),
            parameters: [
                .init(.query, "limit", .digits(upTo: 3), "1 to 100, 50 unless given."),
                .init(.query, "offset", .digits(upTo: 6), "How many of the newest to skip, at most 100000."),
            ],
            answer: .json(
                200,
                .object(
                    [
                        .required(
                            "transactions",
                            .list(WalletRoutes.transactionSchema, maximum: PageRequest.maximumLimit)),
                        .required("total", .integer(0...Int64.max)),
                        .required("hasMore", .boolean),
                    ], isOpen: false))
        ) { [database, ledger] call in
            let caller = try call.caller()
            let page = try WalletRoutes.page(of: call)
            let found = try await database.read { try ledger.transactions(of: caller.walletID, page, in: $0) }
            return .json([
                "transactions": .array(found.transactions.map(WalletRoutes.json)), "total": .integer(found.total),
                "hasMore": .bool(found.hasMore),
            ])
        }
    }

    private static func page(of call: Call) throws(APIError) -> PageRequest {
        let limit = call.parameter("limit").flatMap { Int($0) } ?? PageRequest.defaultLimit
        let offset = call.parameter("offset").flatMap { Int($0) } ?? 0
        guard let page = PageRequest(limit: limit, offset: offset) else {
            throw APIError(
                .invalidRequest,
                message: "limit must be 1 to \(PageRequest.maximumLimit), offset 0 to \(PageRequest.maximumOffset).")
        }
        return page
    }

    private static let transactionSchema = Schema.object(
        [
            .required("id", .text(upTo: 128)), .required("type", .choice(TransferKind.allCases.map(\.rawValue))),
            .required("amount", .format(.baseUnits), "Micro-USDC, always positive."),
            .required("status", .choice(["completed"])), .required("timestamp", .text(upTo: 40)),
            .required("createdAt", .text(upTo: 40)), .optional("agentId", .text(upTo: 128)),
            .optional("balance", .format(.baseUnits), "The balance after it, held money included."),
            .optional("toolCallCount", .integer(0...Int64.max)), .optional("toolCost", .format(.baseUnits)),
            .optional(
                "details",
                .object(
                    [
                        .required("model", .text(upTo: 128)), .required("inputTokens", .integer(0...Int64.max)),
                        .required("outputTokens", .integer(0...Int64.max)),
                        .required("usageBasis", .choice(UsageBasis.allCases.map(\.rawValue))),
                        .required("listCostPicoUsd", .text(upTo: 20), "The list price before our rate, exact."),
                    ], isOpen: false)),
        ], isOpen: false)

    private static func json(_ transaction: WalletTransaction) -> JSON {
        let transfer = transaction.transfer
        let time = JSON.string(transfer.bookedAt.iso8601)
        var members: [JSON.Member] = [
            .init("id", .string(transfer.id)), .init("type", .string(transfer.kind.rawValue)),
            .init("amount", .string(transfer.amount.baseUnits)), .init("status", "completed"),
            .init("timestamp", time), .init("createdAt", time),
        ]
        if let agent = transfer.agent { members.append(.init("agentId", .string(agent))) }
        if let after = transfer.balanceAfter { members.append(.init("balance", .string(after.baseUnits))) }
        if let usage = transaction.usage {
            members += [
                .init("toolCallCount", .integer(usage.toolCalls)),
                .init("toolCost", .string(usage.toolFee.baseUnits)),
                .init(
                    "details",
                    [
                        "model": .string(usage.model), "inputTokens": .integer(usage.usage.inputSide),
                        "outputTokens": .integer(usage.usage.output), "usageBasis": .string(usage.basis.rawValue),
                        "listCostPicoUsd": .string(String(usage.listPico)),
                    ]),
            ]
        }
        return .object(members)
    }
}
