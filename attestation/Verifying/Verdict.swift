public import Primitives

/// What came of judging evidence: every question with its answer, in the order in which they were asked.
public struct Verdict: Sendable {
    /// Every question asked, and those that were not, each with its answer.
    public private(set) var checks: [Check]
    /// The report; nil if it could not be read. Worth nothing unless `isTrusted`.
    public let report: Report?
    /// The product that CPUID or, in version 2, the certificate names.
    public let product: Product?
    /// What became of the revocation list.
    public let revocation: Revocation.Status

    init(checks: [Check], report: Report?, product: Product?, revocation: Revocation.Status) {
        self.checks = checks
        self.report = report
        self.product = product
        self.revocation = revocation
    }

    /// Whether nothing failed, and nothing was left out that must pass.
    public var isTrusted: Bool { !checks.contains(where: \.isObstacle) }

    /// Whether AMD's hardware made the report, whatever the policy thinks of it.
    public var isAuthentic: Bool {
        !checks.contains { Verdict.authenticity.contains($0.name) && $0.isObstacle }
    }

    /// The checks that tell who made the report; the others ask whether it is wanted.
    public static let authenticity: Set<Check.Name> = [
        .report, .certificates, .product, .root, .chain, .certificateTime, .vekProfile, .keyKind, .hardwareID,
        .certificateTCB, .reportSignature,
    ]

    /// The checks that failed.
    public var failures: [(name: Check.Name, reason: RejectReason, detail: String)] {
        checks.compactMap {
            guard case .fail(let reason, let detail) = $0.outcome else { return nil }
            return ($0.name, reason, detail)
        }
    }

    /// The answer to one question; nil if it is not on the list. If a question was answered twice, a failure counts.
    public subscript(_ name: Check.Name) -> Check? {
        let all = checks.filter { $0.name == name }
        return all.first(where: \.isObstacle) ?? all.first
    }

    /// Adds what somebody else has looked at: the statement, the nonce, the age. It takes the place of an earlier
    /// "not checked" of the same name and inherits that it was required; a failure is never taken back.
    public mutating func record(_ check: Check) {
        guard let index = checks.firstIndex(where: { $0.name == check.name }),
            case .notChecked = checks[index].outcome
        else {
            checks.append(check)
            return
        }
        checks[index] = Check(
            check.name, check.outcome, isRequired: check.isRequired || checks[index].isRequired)
    }

    /// For answers and logs: `trusted`, `product`, `revocation`, and each check with its `result` (pass, fail,
    /// not_checked), `reason` and `detail`.
    public var json: JSON {
        [
            "trusted": .bool(isTrusted), "authentic": .bool(isAuthentic),
            "product": product.map { .string($0.rawValue) } ?? .null, "revocation": .string(revocation.rawValue),
            "checks": .array(checks.map(Verdict.json)),
        ]
    }

    private static func json(_ check: Check) -> JSON {
        var members = [JSON.Member("name", .string(check.name.rawValue))]
        switch check.outcome {
        case .pass: members.append(JSON.Member("result", "pass"))
        case .fail(let reason, let detail):
            members.append(JSON.Member("result", "fail"))
            members.append(JSON.Member("reason", .string(reason.rawValue)))
            members.append(JSON.Member("detail", .string(detail)))
        case .notChecked(let why):
            members.append(JSON.Member("result", "not_checked"))
            members.append(JSON.Member("detail", .string(why)))
        }
        return .object(members)
    }
}
