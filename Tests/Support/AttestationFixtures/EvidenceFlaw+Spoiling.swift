import Primitives

extension EvidenceFlaw {
    /// Puts the flaw into an endorsement key, if it belongs there.
    func spoil(_ vek: inout FixtureVEK, at now: Timestamp) {
        switch self {
        case .wrongHWID: vek.hwID = FixtureEvidence.chip(named: "another").prefixed(vek.hwID.count)
        case .missingHWID: vek.hwIDForm = .missing
        case .lowerSPL: vek.tcb.snp -= 1
        case .higherSPL: vek.tcb.snp += 1
        case .wrongFMC: vek.tcb.fmc ^= 1
        case .missingFMC: vek.hasFMC = false
        case .expiredVEK:
            vek.validity = FixtureValidity(
                notBefore: now.adding(seconds: -86_400 * 400), notAfter: now.adding(seconds: -86_400))
        case .futureVEK:
            vek.validity = FixtureValidity(
                notBefore: now.adding(seconds: 86_400), notAfter: now.adding(seconds: 86_400 * 400))
        case .otherIntermediate: vek.issuer = vek.issuer == .ask ? .asvk : .ask
        case .signedPKCS1: vek.scheme = .pkcs1SHA384
        case .signedPSSWithSHA256: vek.scheme = .pssSHA256
        case .unknownCriticalExtension:
            vek.extraExtensions = [
                FixtureExtension(object: [1, 3, 6, 1, 4, 1, 3704, 9, 9], isCritical: true, value: DER.null)
            ]
        case .cloudOnVCEK: vek.cloud = "CN=cc-test.cloud.example"
        case .hwIDOnVLEK: vek.hwIDForm = .raw
        case .missingCloud: vek.cloud = nil
        default: break
        }
    }

    /// Puts the flaw into a report, if it belongs there.
    func spoil(_ report: inout FixtureReport) {
        switch self {
        case .debugPolicy: report.policy |= 1 << 19
        case .migrationPolicy: report.policy |= 1 << 18
        case .policyBit17Clear: report.policy &= ~(1 << 17)
        case .maskedChip: report.chipID = [UInt8](repeating: 0, count: 64)
        case .otherKeyKind: report.signingKey = report.signingKey == .vcek ? .vlek : .vcek
        case .noKeyKind: report.signingKey = .none
        case .lowestVMPL: report.vmpl = 3
        case .hostReport: report.vmpl = .max
        case .reportedAboveCurrent: report.currentTCB.snp -= 1
        case .committedAboveCurrent: report.committedTCB.snp += 1
        case .otherProcessor: report.cpuid = report.product == .turin ? [0x19, 0x11, 1] : [0x1A, 0x02, 1]
        case .unknownProcessor: report.cpuid[1] = 0xFE
        case .reservedNotZero: report.patches.append((0x18F, [1]))
        case .chipIDTail: report.chipID[63] = 1
        case .versionOne: report.version = 1
        case .versionSix: report.version = 6
        case .otherAlgorithm: report.signatureAlgorithm = 2
        default: break
        }
    }

    /// Puts the flaw into a chain, if it belongs there.
    func spoil(
        _ chain: inout FixtureChain, _ kind: FixtureVEK.Kind, keys: FixtureKeys, at now: Timestamp
    ) throws {
        guard self == .expiredIntermediate || self == .intermediateNotAuthority else { return }
        let role: FixtureRole = kind == .vcek ? .ask : .asvk
        var recipe = try FixtureChain.recipe(role, of: chain.product, .from(now, years: 25), keys: keys)
        if self == .expiredIntermediate {
            recipe.notBefore = now.adding(seconds: -86_400 * 400)
            recipe.notAfter = now.adding(seconds: -86_400)
        } else {
            recipe.extensions = recipe.extensions.map {
                $0.object == [2, 5, 29, 19] ? .basicConstraints(isAuthority: false, pathLength: nil) : $0
            }
        }
        chain.certificates[role] = try recipe.signed(for: chain.key(role), by: chain.key(.ark))
    }
}

extension Array {
    fileprivate func prefixed(_ count: Int) -> [Element] { Array(prefix(count)) }
}
