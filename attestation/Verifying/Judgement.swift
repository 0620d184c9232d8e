import Cryptography
import Primitives

/// One piece of evidence being judged. Each question is asked even if an earlier one failed, as far as what it needs
/// could be read: an operator sees all that is wrong at once.
struct Judgement {
    let report: Report?
    let reportFault: ReportFault?
    let certificates: EvidenceCertificates
    let roots: TrustedRoots
    let policy: EvidencePolicy
    let now: Timestamp
    let signatures: VerifiedSignatures
    /// As CPUID tells; version 2 leaves it to the certificate.
    let product: Product?

    private static let noReport = "the report could not be read"
    private static let noVEK = "there is no VEK certificate that could be read"

    init(
        _ evidence: Evidence, roots: TrustedRoots, policy: EvidencePolicy, now: Timestamp,
        signatures: VerifiedSignatures
    ) {
        do throws(ReportFault) {
            report = try Report(evidence.report)
            reportFault = nil
        } catch {
            report = nil
            reportFault = error
        }
        certificates = EvidenceCertificates(evidence.endorsements, roots: roots)
        product = report.flatMap { $0.cpuid == nil ? nil : $0 }.map(\.product) ?? certificates.vek?.product
        self.roots = roots
        self.policy = policy
        self.now = now
        self.signatures = signatures
    }

    func verdict(crl: [UInt8]?) -> Verdict {
        let revocation = self.revocation(crl)
        let mustNotBeRevoked = policy.revocation == .required
        var checks = [reportCheck(), certificates.check, productCheck(), productAllowedCheck(), rootCheck()]
        checks += chainChecks()
        checks.append(Check(.revocation, revocation.outcome, isRequired: mustNotBeRevoked))
        checks += [profileCheck(), keyKindCheck(), hardwareIDCheck(), cloudCheck(), tcbCheck(), signatureCheck()]
        checks += policyChecks()
        checks += statementChecks()
        return Verdict(checks: checks, report: report, product: product, revocation: revocation.status)
    }

    private func reportCheck() -> Check {
        guard let reportFault else { return Check(.report, .pass, isRequired: true) }
        let reason: RejectReason =
            switch reportFault.reason {
            case .format: .format
            case .unsupportedVersion: .unsupportedVersion
            case .unsupportedAlgorithm: .unsupportedAlgorithm
            }
        return Check(.report, .fail(reason, reportFault.detail), isRequired: true)
    }

    private func productCheck() -> Check {
        ask(.product, .productMismatch) { report, vek in
            guard let certified = vek.product else {
                return ["the certificates name no product of AMD's: \(vek.certificate.issuer.commonName ?? "nobody")"]
            }
            guard let cpuid = report.cpuid else {
                let isSame = report.reportedTCB.layout == certified.tcbLayout
                return isSame ? [] : ["the chip's id has another length than those of \(certified.name)"]
            }
            if cpuid.product == certified { return [] }
            let values = "CPUID family 0x\(hex(cpuid.family)), model 0x\(hex(cpuid.model))"
            return ["\(values) is \(cpuid.product?.name ?? "unknown"), the certificates are for \(certified.name)"]
        }
    }

    private func productAllowedCheck() -> Check {
        guard report != nil, let product else {
            return Check(.productAllowed, .notChecked("the product is not known"), isRequired: true)
        }
        guard policy.products.contains(product) else {
            var detail = "\(product.name) is not on the list"
            if product == .milan { detail += ": \(Judgement.milanCaveat)" }
            return Check(.productAllowed, .fail(.policyProduct, detail), isRequired: true)
        }
        if product == .milan, policy.chips?.isEmpty ?? true {
            return Check(.productAllowed, .fail(.policyProduct, "Milan: \(Judgement.milanCaveat)"), isRequired: true)
        }
        return Check(.productAllowed, .pass, isRequired: true)
    }

    private static let milanCaveat =
        "the secret behind a Milan chip's keys can be extracted by software (arXiv 2605.12990), so its reports are "
        + "taken only from chips on a list"

    private func rootCheck() -> Check {
        guard let root = certificates.root else {
            return Check(.root, .notChecked("there is no root that could be read"), isRequired: true)
        }
        if roots.contains(root) { return Check(.root, .pass, isRequired: true) }
        let name = root.subject.commonName ?? "nobody"
        return Check(
            .root, .fail(.untrustedRoot, "\(name), SHA-256 \(Hex.encode(root.sha256)), is not pinned"),
            isRequired: true)
    }

    private func chainChecks() -> [Check] {
        guard let chain = certificates.chain else {
            let why = "the chain is not whole"
            return [
                Check(.chain, .notChecked(why), isRequired: true),
                Check(.certificateTime, .notChecked(why), isRequired: true),
            ]
        }
        return [
            answer(.chain, .chain, chain.problems(signatures)),
            answer(.certificateTime, .certificateTime, chain.timeProblems(at: now)),
        ]
    }

    private func revocation(_ crl: [UInt8]?) -> Revocation {
        guard let chain = certificates.chain else { return Revocation.notAsked("the chain is not whole") }
        return Revocation(
            list: crl, intermediate: chain.intermediate, root: chain.root, mode: policy.revocation, at: now,
            signatures)
    }

    private func profileCheck() -> Check {
        guard let vek = certificates.vek else {
            return Check(.vekProfile, .notChecked(Judgement.noVEK), isRequired: true)
        }
        return answer(.vekProfile, .certificateProfile, vek.problems)
    }

    private func keyKindCheck() -> Check {
        ask(.keyKind, .keyKindMismatch) { report, vek in
            let certified = vek.kind?.name ?? "none"
            if report.signingKey == .unsigned { return ["the report says that no key signed it"] }
            if report.signingKey == vek.kind { return [] }
            return ["the report says \(report.signingKey.name), the certificate is for \(certified)"]
        }
    }

    private func hardwareIDCheck() -> Check {
        if certificates.vek?.kind == .vlek {
            return Check(.hardwareID, .notChecked("a VLEK is not tied to a chip"), isRequired: false)
        }
        return ask(.hardwareID, .hwidMismatch) { report, vek in
            guard let hardwareID = vek.hardwareID else { return ["the certificate names no chip"] }
            let chipID = report.chipID
            if chipID.allSatisfy({ $0 == 0 }) { return ["the host hides the chip's id"] }
            let count = product?.chipIDBytes ?? 64
            guard hardwareID.count == count else {
                return ["the certificate's hwID has \(hardwareID.count) bytes instead of \(count)"]
            }
            if chipID.dropFirst(count).contains(where: { $0 != 0 }) {
                return ["CHIP_ID does not end in zeros after \(count) bytes"]
            }
            if chipID.prefix(count).elementsEqual(hardwareID) { return [] }
            return ["the report is from chip \(Hex.encode(chipID)), the certificate for \(Hex.encode(hardwareID))"]
        }
    }

    private func cloudCheck() -> Check {
        guard let vek = certificates.vek, vek.kind == .vlek else {
            return Check(.cloudProvider, .notChecked("only a VLEK names a cloud"), isRequired: false)
        }
        let cloud = vek.cloudProvider ?? "nobody"
        let problems = policy.clouds.contains(cloud) ? [] : ["the VLEK is \(cloud)'s, which is not on the list"]
        return answer(.cloudProvider, .policyCSP, problems)
    }

    private func tcbCheck() -> Check {
        ask(.certificateTCB, .tcbMismatch) { report, vek in
            let reported = report.reportedTCB
            guard let certified = vek.tcb(reported.layout) else {
                let missing = reported.layout.components.filter { vek.securityVersions[$0] == nil }
                return ["the certificate has no security version of \(missing.map(\.rawValue).joined(separator: ", "))"]
            }
            var problems = reported.layout.components.filter { reported[$0] != certified[$0] }.map {
                "\($0.rawValue): reported \(reported[$0] ?? 0), certified \(certified[$0] ?? 0)"
            }
            if reported.layout == .milan, vek.securityVersions[.fmc] != nil {
                problems.append("the certificate has a security version of fmc, the report none")
            }
            if !reported.reservedIsZero { problems.append("the reported TCB has bytes without a meaning") }
            return problems
        }
    }

    private func signatureCheck() -> Check {
        guard let vek = certificates.vek, let point = vek.point else {
            return Check(.reportSignature, .notChecked("there is no key on P-384 to verify with"), isRequired: true)
        }
        return ask(.reportSignature, .reportSignature) { report, _ in
            ReportSignature(of: report).isValid(over: report, by: point)
                ? [] : ["it is not the VEK's signature over the first \(Report.signedByteCount) bytes"]
        }
    }

    private func policyChecks() -> [Check] {
        guard let report else {
            return [
                .debug, .migration, .vmpl, .smt, .singleSocket, .aliasCheck, .tcbOrder, .minimumTCB, .measurement,
                .idKey, .authorKey, .hostData, .chipAllowed,
            ].map { Check($0, .notChecked(Judgement.noReport), isRequired: true) }
        }
        let checks = PolicyChecks(policy: policy, report: report, product: product)
        return checks.platform() + [checks.tcbOrder(), checks.minimumTCB()] + checks.launch()
    }

    /// What only the statement can answer. Until somebody who has it does, a policy that asks is not met.
    private func statementChecks() -> [Check] {
        let age = policy.maximumAgeSeconds
        return [
            Check(
                .nonce, .notChecked(policy.requiresNonce ? "no nonce was looked for" : "the policy asks for no nonce"),
                isRequired: policy.requiresNonce),
            Check(
                .age, .notChecked(age == nil ? "the policy takes any age" : "the evidence's time is not known"),
                isRequired: age != nil),
        ]
    }

    /// Asks what needs both the report and the VEK certificate.
    private func ask(
        _ name: Check.Name, _ reason: RejectReason, _ problems: (Report, VEKCertificate) -> [String]
    ) -> Check {
        guard let report else { return Check(name, .notChecked(Judgement.noReport), isRequired: true) }
        guard let vek = certificates.vek else { return Check(name, .notChecked(Judgement.noVEK), isRequired: true) }
        return answer(name, reason, problems(report, vek))
    }

    private func answer(_ name: Check.Name, _ reason: RejectReason, _ problems: [String]) -> Check {
        Check(name, problems.isEmpty ? .pass : .fail(reason, problems.joined(separator: "; ")), isRequired: true)
    }

    private func hex(_ value: UInt8) -> String { Hex.encode([value]) }
}
