import Database
import HTTPServer
import HTTPTypes
import Primitives
import Vault

extension WalletRoutes {
    private static let maximumPage = 200
    private static let defaultPage = 50
    private static let hash = Schema.text(length: 0...64, format: nil)

    var openGrants: Endpoint {
        Endpoint(
            .get, "/wallet/provider-vault/grants", area: WalletRoutes.vaultArea,
            summary: "What every session of the wallet has open now.", access: .wallet(permission: "vault:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required(
                            "grants",
                            .list(
                                .object(
                                    [
                                        .required("grant", .text(upTo: 200), "A login session or wallet token."),
                                        .required("current", .boolean, "Whether it is this one."),
                                        .required("purpose", .choice(VaultPurpose.allCases.map(\.rawValue))),
                                        .required("names", VaultSchema.names, "Providers, servers or agents."),
                                        .required("expiresAt", .text(upTo: 40)),
                                    ], isOpen: false),
                                maximum: OpenVaults.maximumPerWallet * VaultPurpose.allCases.count))
                    ], isOpen: false))
        ) { [vault] call in
            let caller = try call.caller()
            let openings = vault.openings(of: caller.walletID)
            return .json([
                "grants": .array(
                    openings.map { opening in
                        [
                            "grant": .string(opening.grant), "current": .bool(opening.grant == caller.sessionID),
                            "purpose": .string(opening.purpose.rawValue), "names": VaultSchema.list(opening.scopes),
                            "expiresAt": .string(opening.expiresAt.iso8601),
                        ]
                    })
            ])
        }
    }

    var vaultAudit: Endpoint {
        Endpoint(
            .get, "/wallet/vault-audit", area: WalletRoutes.vaultArea,
            summary: "What was done with the wallet's secrets, each row bound to the one before by its hash.",
            detail: "vault/README.md says how to recompute the hashes. Keep the last hash: later pages have to lead "
                + "to it, or rows were taken away.",
            access: .wallet(permission: "vault:read"),
            parameters: [
                .init(.query, "after", .digits(upTo: 15), "The rows after this number; from the first unless given."),
                .init(.query, "limit", .digits(upTo: 3), "1 to 200, 50 unless given."),
            ], answer: .json(200, WalletRoutes.auditSchema), errors: VaultRefusal.kinds
        ) { [vault, database] call in
            let caller = try call.caller()
            let after = call.parameter("after").flatMap { Int64($0) } ?? 0
            let limit = call.parameter("limit").flatMap { Int($0) } ?? WalletRoutes.defaultPage
            guard (1...WalletRoutes.maximumPage).contains(limit) else {
                throw APIError(.invalidRequest, message: "limit must be 1 to \(WalletRoutes.maximumPage).")
            }
            let page = try await VaultRefusal.translating {
                try await database.read { try vault.log(of: caller.walletID, after: after, limit: limit, in: $0) }
            }
            let last = page.entries.last?.sequence ?? after
            return .json([
                "entries": .array(page.entries.map(WalletRoutes.json)),
                "head": [
                    "sequence": .integer(page.lastSequence), "hash": .string(Hex.encode(page.lastHash)),
                ], "hasMore": .bool(last < page.lastSequence),
            ])
        }
    }

    private static let auditSchema = Schema.object(
        [
            .required(
                "entries",
                .list(
                    .object(
                        [
                            .required("sequence", .integer(1...Int64.max)), .required("at", .text(upTo: 40)),
                            .required("atUnixMicroseconds", .integer(0...Int64.max)),
                            .required("action", .choice(AuditAction.allCases.map(\.rawValue))),
                            .required("subject", .text(upTo: 200)), .required("grant", .text(upTo: 200)),
                            .required("previous", hash, "The hash of the row before; random in the first."),
                            .required("hash", hash),
                        ], isOpen: false), maximum: maximumPage)),
            .required(
                "head",
                .object([.required("sequence", .integer(0...Int64.max)), .required("hash", hash)], isOpen: false)),
            .required("hasMore", .boolean),
        ], isOpen: false)

    private static func json(_ entry: AuditEntry) -> JSON {
        [
            "sequence": .integer(entry.sequence), "at": .string(entry.at.iso8601),
            "atUnixMicroseconds": .integer(entry.at.unixMicroseconds), "action": .string(entry.action),
            "subject": .string(entry.subject), "grant": .string(entry.grant),
            "previous": .string(Hex.encode(entry.previous)), "hash": .string(Hex.encode(entry.hash)),
        ]
    }
}
