/// One thing that is wrong with otherwise right evidence.
package enum EvidenceFlaw: String, Hashable, Sendable, CaseIterable {
    // The VEK
    case wrongHWID = "wrong-hwid"
    case missingHWID = "missing-hwid"
    case lowerSPL = "lower-spl"
    case higherSPL = "higher-spl"
    case wrongFMC = "wrong-fmc"
    case missingFMC = "missing-fmc"
    case expiredVEK = "expired-vek"
    case futureVEK = "future-vek"
    case otherIntermediate = "other-intermediate"
    case signedPKCS1 = "signed-pkcs1"
    case signedPSSWithSHA256 = "signed-pss-sha256"
    case wrongCurve = "wrong-curve"
    case unknownCriticalExtension = "unknown-critical-extension"
    case cloudOnVCEK = "cloud-on-vcek"
    case hwIDOnVLEK = "hwid-on-vlek"
    case missingCloud = "missing-cloud"
    // The report
    case debugPolicy = "debug"
    case migrationPolicy = "migratable"
    case policyBit17Clear = "policy-bit-17-clear"
    case maskedChip = "masked-chip"
    case otherKeyKind = "other-key-kind"
    case noKeyKind = "no-key-kind"
    case lowestVMPL = "vmpl-3"
    case hostReport = "host-report"
    case reportedAboveCurrent = "reported-above-current"
    case committedAboveCurrent = "committed-above-current"
    case otherProcessor = "other-processor"
    case unknownProcessor = "unknown-processor"
    case reservedNotZero = "reserved-not-zero"
    case chipIDTail = "chip-id-tail"
    case versionOne = "version-1"
    case versionSix = "version-6"
    case otherAlgorithm = "other-algorithm"
    case otherSigner = "other-signer"
    case changedAfterSigning = "changed-after-signing"
    // The chain
    case revokedIntermediate = "revoked-intermediate"
    case staleCRL = "stale-crl"
    case expiredIntermediate = "expired-intermediate"
    case intermediateNotAuthority = "intermediate-not-authority"
    case strangersRoot = "strangers-root"

    /// Whether it can be had with this key and product; it would be no flaw otherwise.
    package func applies(to kind: FixtureVEK.Kind, of product: FixtureProduct) -> Bool {
        switch self {
        case .wrongHWID, .missingHWID, .cloudOnVCEK: kind == .vcek
        case .hwIDOnVLEK, .missingCloud: kind == .vlek
        case .wrongFMC, .missingFMC, .chipIDTail: product.hasFMC
        default: true
        }
    }
}
