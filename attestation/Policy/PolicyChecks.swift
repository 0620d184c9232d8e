import Primitives

/// Puts a policy's questions to a report. Pure: what is asked and answered follows from the two alone.
struct PolicyChecks {
    let policy: EvidencePolicy
    let report: Report
    /// The product by CPUID or, in version 2, by certificate; nil if neither tells.
    let product: Product?

    /// What the guest and the machine may do.
    func platform() -> [Check] {
        [
            check(.debug, policy.allowsDebug ? nil : !report.policy.allowsDebug, .policyDebug) {
                "the guest's policy lets the host debug it: the host can read all its memory"
            },
            check(.migration, policy.allowsMigration ? nil : !report.policy.allowsMigrationAgent, .policyMigration) {
                "the guest's policy lets a migration agent move it"
            },
            check(.vmpl, policy.vmpls.contains(report.vmpl), .policyVMPL) {
                let asked = report.vmpl == .max ? "the host, not the guest, asked" : "VMPL \(report.vmpl) asked"
                let allowed = policy.vmpls.sorted().map(String.init).joined(separator: ", ")
                return "\(asked) for the report; allowed: \(allowed)"
            },
            check(.smt, policy.allowsSMT ? nil : !report.policy.allowsSMT && !report.platformInfo.hasSMT, .policySMT) {
                report.policy.allowsSMT ? "the guest's policy allows SMT" : "SMT is on"
            },
            check(
                .singleSocket, policy.requiresSingleSocket ? report.policy.requiresSingleSocket : nil,
                .policySingleSocket
            ) { "the guest's policy lets it span sockets" },
            check(
                .aliasCheck, policy.requiresAliasCheck ? report.platformInfo.hasCompletedAliasCheck : nil,
                .policyAliasCheck
            ) { "the firmware has not completed its search for aliased memory (ALIAS_CHECK_COMPLETE)" },
        ]
    }

    /// Reported <= committed <= current, component by component.
    func tcbOrder() -> Check {
        var problems: [String] = []
        let pairs = [
            ("reported", report.reportedTCB, "committed", report.committedTCB),
            ("committed", report.committedTCB, "current", report.currentTCB),
            ("reported", report.reportedTCB, "current", report.currentTCB),
        ]
        for (lowName, low, highName, high) in pairs {
            let above = low.components(above: high).map(\.rawValue)
            if !above.isEmpty {
                problems.append("\(lowName) TCB lies above \(highName) TCB in \(above.joined(separator: ", "))")
            }
        }
        return check(.tcbOrder, problems.isEmpty, .policyTCB) { problems.joined(separator: "; ") }
    }

    /// The reported TCB is what the key hangs on, the committed one cannot be rolled back, and at launch the guest's
    /// secrets were loaded: all three must reach the floor.
    func minimumTCB() -> Check {
        guard !policy.minimumTCB.isEmpty else {
            return Check(.minimumTCB, .notChecked("the policy names no minimum TCB"), isRequired: false)
        }
        let floors = policy.minimumTCB.filter { floor in
            product.map { floor.applies(to: $0, model: report.cpuid?.model) } ?? false
        }
        guard !floors.isEmpty else {
            return check(.minimumTCB, false, .policyTCB) {
                "the policy names no minimum TCB for \(product?.name ?? "an unknown product")"
                    + (report.cpuid.map { ", model \($0.model)" } ?? "")
            }
        }
        let problems = floors.flatMap { floor in
            floor.shortfalls(of: report.reportedTCB, named: "reported")
                + floor.shortfalls(of: report.committedTCB, named: "committed")
                + floor.shortfalls(of: report.launchTCB, named: "launch")
        }
        return check(.minimumTCB, problems.isEmpty, .policyTCB) { problems.joined(separator: "; ") }
    }

    /// What was launched, by whom, on which chip.
    func launch() -> [Check] {
        [
            listed(.measurement, policy.measurements, report.measurement, .policyMeasurement, "measurement"),
            listed(.idKey, policy.idKeyDigests, report.idKeyDigest, .policyIDKey, "ID key"),
            authorKey(),
            listed(.hostData, policy.hostData, report.hostData, .policyHostData, "HOST_DATA"),
            chip(),
        ]
    }

    /// Without its bit the field may hold anything.
    private func authorKey() -> Check {
        if policy.authorKeyDigests != nil, !report.hasAuthorKey {
            return check(.authorKey, false, .policyAuthorKey) { "the guest has no author key" }
        }
        return listed(.authorKey, policy.authorKeyDigests, report.authorKeyDigest, .policyAuthorKey, "author key")
    }

    private func chip() -> Check {
        guard let chips = policy.chips else {
            return Check(.chipAllowed, .notChecked("the policy takes any chip"), isRequired: false)
        }
        let significant = Array(report.chipID.prefix(product?.chipIDBytes ?? 64))
        if significant.allSatisfy({ $0 == 0 }) {
            return check(.chipAllowed, false, .policyChip) { "the report does not tell its chip" }
        }
        return check(.chipAllowed, chips.contains(significant), .policyChip) {
            "chip \(Hex.encode(significant)) is not on the list"
        }
    }

    private func listed(
        _ name: Check.Name, _ list: Set<[UInt8]>?, _ value: [UInt8], _ reason: RejectReason, _ what: String
    ) -> Check {
        guard let list else {
            return Check(name, .notChecked("the policy takes any \(what)"), isRequired: false)
        }
        return check(name, list.contains(value), reason) { "\(what) \(Hex.encode(value)) is not on the list" }
    }

    /// `holds` is nil where the policy does not ask.
    private func check(
        _ name: Check.Name, _ holds: Bool?, _ reason: RejectReason, _ detail: () -> String
    ) -> Check {
        guard let holds else {
            return Check(name, .notChecked("the policy does not ask for it"), isRequired: false)
        }
        return Check(name, holds ? .pass : .fail(reason, detail()), isRequired: true)
    }
}
