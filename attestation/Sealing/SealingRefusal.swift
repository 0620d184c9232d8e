/// Why a key that the firmware derives must not seal anything here.
public enum SealingRefusal: Error, Hashable, Sendable, CaseIterable {
    /// The measurement is that of the provider's firmware.
    case providerFirmware
    /// The cloud's key stands behind the report, not the chip's.
    case cloudKey
    /// The chip is a Milan, or may be one: software can read its secret, and so the key.
    case extractableChip
    /// The launch policy lets the host read the memory.
    case debuggable
    /// The launch policy lets a migration agent move the memory.
    case migratable

    /// Why not, as a sentence.
    public var explanation: String {
        switch self {
        case .providerFirmware:
            "the launch measurement covers the provider's firmware alone, so that any image on this chip could derive "
                + "the same key"
        case .cloudKey:
            "reports are signed by the cloud's key (VLEK), so that every machine of that cloud could derive the same "
                + "key"
        case .extractableChip:
            "the chip is an EPYC Milan or cannot be shown to be none, and a Milan's secret can be extracted by "
                + "software, so that whoever once had the machine could derive the same key"
        case .debuggable: "the launch policy allows debugging, so that the host can read whatever this guest holds"
        case .migratable:
            "the launch policy allows a migration agent, so that whoever runs it can take what this guest holds"
        }
    }

    /// The rule: nil if sealing by a derived key is worth something on the machine of this report.
    /// A Milan is taken only where `allowsMilan` says that nothing of worth is sealed.
    public static func judge(
        _ report: Report, scope: MeasurementScope, allowsMilan: Bool = true
    ) -> SealingRefusal? {
        if report.policy.allowsDebug { return .debuggable }
        if report.policy.allowsMigrationAgent { return .migratable }
        if scope == .firmware { return .providerFirmware }
        if report.signingKey == .vlek { return .cloudKey }
        if !allowsMilan, report.product == .milan || report.product == nil { return .extractableChip }
        return nil
    }
}
