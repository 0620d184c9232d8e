import Cryptography
import Database
import HTTPServer
import HTTPTypes
import Ledger
import Primitives

extension WalletRoutes {
    private static let amountRange = APIError.Kind(
        400, "faucet_amount",
        "The faucet gives \(FaucetLimits.least.dollars) to \(FaucetLimits.most.dollars) at a time.")
    private static let dailyCap = APIError.Kind(
        429, "faucet_daily_cap",
        "The faucet gives a wallet \(FaucetLimits.perDay.dollars) a UTC day. Come back tomorrow.")
    private static let route = "POST /wallet/faucet"

    var faucet: Endpoint {
        Endpoint(
            .post, "/wallet/faucet", area: WalletRoutes.area, summary: "Test money. Development mode only.",
            detail: "Credits development USDC, worth nothing, as a ledger transfer of its own kind. With an "
                + "Idempotency-Key a repeated request is answered, not booked again.",
            access: .wallet(permission: "wallet:fund"),
            parameters: [.init(.header, "Idempotency-Key", .visible, "Your own name for this request.")],
            input: .object([.required("amount", .format(.baseUnits), "Micro-USDC.")], isOpen: true),
            answer: .json(
                200,
                .object(
                    [.required("id", .text(upTo: 128)), .required("amount", .format(.baseUnits))]
                        + WalletRoutes.amountSchema("availableBalance", "What can be spent now."), isOpen: false)),
            errors: [
                WalletRoutes.amountRange, WalletRoutes.dailyCap, IdempotencyRefusal.conflict,
                IdempotencyRefusal.inProgress,
            ]
        ) { [self] call in
            let caller = try call.caller()
            guard let amount = MicroUSDC(baseUnits: try call.text("amount")) else {
                throw APIError(WalletRoutes.amountRange)
            }
            let now = clock.now()
            let id = Identifier.make("tra_", at: now, random: random)
            let request = call.parameter("Idempotency-Key").flatMap { IdempotencyKey($0) }.map { key in
                IdempotentRequest(
                    wallet: caller.walletID, route: WalletRoutes.route, key: key,
                    hash: SHA256.hash(Array(amount.baseUnits.utf8)))
            }
            let faucet = Faucet(ledger: ledger, idempotency: idempotency)
            do {
                let receipt = try await database.write { tx in
                    try faucet.give(amount, id: id, to: caller.walletID, once: request, in: tx, at: now)
                }
                return .json(WalletRoutes.json(receipt))
            } catch let error as LedgerError {
                throw WalletRoutes.named(error, at: now)
            } catch IdempotencyError.conflict {
                throw APIError(IdempotencyRefusal.conflict)
            } catch IdempotencyError.inProgress {
                throw APIError(IdempotencyRefusal.inProgress)
            }
        }
    }

    private static func json(_ receipt: FaucetReceipt) -> JSON {
        .object(
            [.init("id", .string(receipt.id)), .init("amount", .string(receipt.amount.baseUnits))]
                + WalletRoutes.amount("availableBalance", receipt.available))
    }

    private static func named(_ error: LedgerError, at now: Timestamp) -> any Error {
        switch error {
        case .faucetAmount: APIError(amountRange)
        case .faucetDailyCap(let remaining, let resetsAt):
            APIError(
                dailyCap, details: [.init("remaining", .string(remaining.baseUnits))],
                retryAfterSeconds: Int(max(1, resetsAt.unixSeconds - now.unixSeconds)))
        default: error
        }
    }
}

/// What a client is told about a reused `Idempotency-Key`.
enum IdempotencyRefusal {
    static let conflict = APIError.Kind(
        409, "idempotency_conflict", "This Idempotency-Key was used for another request. Take a new one.")
    static let inProgress = APIError.Kind(
        409, "idempotency_in_progress", "The first request with this Idempotency-Key is still running. Wait for it.")
}
