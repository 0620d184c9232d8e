import Attestation
import Primitives

/// A verdict for a person: what is proved, what is not, and what was not looked at.
struct VerdictTable {
    private static let nameColumns = 18
    private static let resultColumns = 6

    private let verdict: Verdict
    private let bundle: EvidenceBundle
    private let isCodeKnown: Bool

    init(_ verdict: Verdict, _ bundle: EvidenceBundle, isCodeKnown: Bool) {
        self.verdict = verdict
        self.bundle = bundle
        self.isCodeKnown = isCodeKnown
    }

    func show() {
        for check in verdict.checks {
            let (result, detail) = VerdictTable.words(check.outcome)
            Terminal.say(
                VerdictTable.padded(check.name.rawValue, VerdictTable.nameColumns)
                    + VerdictTable.padded(result, VerdictTable.resultColumns) + VerdictTable.plain(detail))
        }
        Terminal.say()
        for (name, value) in facts {
            Terminal.say(VerdictTable.padded(name, VerdictTable.nameColumns) + VerdictTable.plain(value))
        }
        Terminal.say()
        Terminal.say(conclusion)
    }

    private var facts: [(String, String)] {
        guard let report = verdict.report else { return [] }
        var facts = [
            ("product", verdict.product?.rawValue ?? "unknown"), ("measurement", Hex.encode(report.measurement)),
            ("reported TCB", "\(report.reportedTCB)"), ("chip", Hex.encode(report.chipID)),
            ("host data", Hex.encode(report.hostData)),
        ]
        if let statement = bundle.statement.flatMap(AttestationStatement.init) {
            facts += [
                ("gateway", statement.gateway), ("issued at", statement.issuedAt.iso8601),
                ("code hash", statement.codeHash), ("session key", statement.activeKey),
                ("TLS key", statement.tls.source.rawValue),
            ]
        }
        return facts
    }

    private var conclusion: String {
        if !verdict.isAuthentic { return "REFUSED: nobody at AMD vouches for this." }
        if !verdict.isTrusted { return "REFUSED: genuine hardware evidence, but not what is demanded; see above." }
        return isCodeKnown
            ? "TRUSTED: all that is demanded holds."
            : "GENUINE, CODE UNKNOWN: compare the measurement with one that you know (--measurement)."
    }

    private static func words(_ outcome: Check.Outcome) -> (result: String, detail: String) {
        switch outcome {
        case .pass: ("ok", "")
        case .fail(let reason, let detail): ("FAIL", "\(reason.rawValue): \(detail)")
        case .notChecked(let why): ("-", "not checked: \(why)")
        }
    }

    /// What strangers wrote, without anything that a terminal could take for a command.
    static func plain(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? $0 : "?" }))
    }

    private static func padded(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(1, columns - text.utf8.count))
    }
}
