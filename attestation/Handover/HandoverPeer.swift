import Primitives

/// Asks of the other side of a hand-over what both sides ask: whether hardware made its evidence, over this very
/// conversation, for a guest that nobody can look into, at one's own privilege level, on one's own product.
///
/// The flags are read from the report itself and not only from the verdict, so that no policy, however mild, lets a
/// root go to a guest that can be debugged.
struct HandoverPeer {
    let verdict: Verdict
    let own: Verdict

    /// Everything that is against it. `data` is what REPORT_DATA has to be.
    func findings(purpose: HandoverPurpose, transcript: [UInt8]) -> [HandoverFinding] {
        var found: [HandoverFinding] = []
        if !own.isAuthentic || own.report == nil {
            found.append(HandoverFinding(.ownEvidence, "this instance's own evidence is not authentic"))
        }
        if !verdict.isAuthentic || verdict.report == nil {
            found.append(HandoverFinding(.notAuthentic, words(Verdict.authenticity)))
        }
        if let report = verdict.report {
            found += binding(report, purpose, transcript) + guest(report)
            if let own = own.report { found += level(report, own) + product(report, own) }
        }
        return found + rest()
    }

    private func binding(
        _ report: Report, _ purpose: HandoverPurpose, _ transcript: [UInt8]
    ) -> [HandoverFinding] {
        if Array(report.reportData[32...]) != purpose.label {
            return [HandoverFinding(.wrongPurpose, "the report was not made for `\(purpose.rawValue)`")]
        }
        if Array(report.reportData[..<32]) != transcript {
            return [HandoverFinding(.notBound, "the report is not over what was said in this session")]
        }
        return []
    }

    private func guest(_ report: Report) -> [HandoverFinding] {
        var found: [HandoverFinding] = []
        if report.policy.allowsDebug {
            found.append(HandoverFinding(.debug, "the guest's policy lets the host debug it"))
        }
        if report.policy.allowsMigrationAgent {
            found.append(HandoverFinding(.migration, "the guest's policy lets a migration agent move it"))
        }
        return found
    }

    private func level(_ report: Report, _ own: Report) -> [HandoverFinding] {
        report.vmpl == own.vmpl
            ? [] : [HandoverFinding(.vmpl, "VMPL \(report.vmpl) asked for the report; it must be \(own.vmpl)")]
    }

    /// Microcode is numbered by model, so that another model is another product here.
    private func product(_ report: Report, _ own: Report) -> [HandoverFinding] {
        guard verdict.product == self.own.product, verdict.product != nil else {
            let (name, ownName) = (verdict.product?.name ?? "unknown", self.own.product?.name ?? "unknown")
            return [HandoverFinding(.otherProduct, "the product is \(name), one's own \(ownName)")]
        }
        guard report.reportedTCB.layout == own.reportedTCB.layout,
            report.cpuid?.family == own.cpuid?.family, report.cpuid?.model == own.cpuid?.model
        else { return [HandoverFinding(.otherProduct, "the processor is of another model")] }
        return []
    }

    /// What the verdict holds against it beyond what was asked above. What is `minimum_tcb` and `tcb_order` there is
    /// one kind here.
    private func rest() -> [HandoverFinding] {
        let asked = Verdict.authenticity.union([.debug, .migration, .vmpl, .measurement, .productAllowed])
        return verdict.checks.filter { $0.isObstacle && !asked.contains($0.name) }.map { check in
            let isTCB = check.name == .minimumTCB || check.name == .tcbOrder
            return HandoverFinding(isTCB ? .minimumTCB : .evidenceRefused, HandoverPeer.words(check))
        }
    }

    private func words(_ names: Set<Check.Name>) -> String {
        verdict.checks.filter { $0.isObstacle && names.contains($0.name) }.map(HandoverPeer.words)
            .joined(separator: "; ")
    }

    private static func words(_ check: Check) -> String {
        switch check.outcome {
        case .pass: "\(check.name.rawValue) passed"
        case .fail(_, let detail): "\(check.name.rawValue): \(detail)"
        case .notChecked(let why): "\(check.name.rawValue): \(why)"
        }
    }
}
