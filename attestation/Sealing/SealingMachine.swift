import Primitives

/// What of a machine a sealed copy hangs on, as the machine's own report shows it. It stands in the copy's header in
/// the clear, so that a copy that does not open can say what has changed. It decides nothing: the derived key does.
public struct SealingMachine: Hashable, Sendable {
    /// The launch measurement, 48 bytes.
    public let measurement: [UInt8]
    /// The launch policy.
    public let policy: UInt64
    /// REPORTED_TCB, from which the chip's key follows.
    public let reportedTCB: TCBVersion
    /// CHIP_ID, 64 bytes; zeros where the host hides it.
    public let chipID: [UInt8]
    /// Which key signs reports here.
    public let signingKey: SigningKey

    /// The machine that a report is of.
    public init(_ report: Report) {
        measurement = report.measurement
        policy = report.policy.rawValue
        reportedTCB = report.reportedTCB
        chipID = report.chipID
        signingKey = report.signingKey
    }

    init(measurement: [UInt8], policy: UInt64, reportedTCB: TCBVersion, chipID: [UInt8], signingKey: SigningKey) {
        self.measurement = measurement
        self.policy = policy
        self.reportedTCB = reportedTCB
        self.chipID = chipID
        self.signingKey = signingKey
    }

    /// What is different on `other`, each as a sentence for the operator; empty if nothing that a report shows is.
    public func changes(to other: SealingMachine) -> [String] {
        var found: [String] = []
        if measurement != other.measurement {
            found.append(
                "the launch measurement was \(SealingMachine.short(measurement)) and is "
                    + "\(SealingMachine.short(other.measurement)): another image, firmware or number of processors")
        }
        if policy != other.policy {
            found.append(
                "the launch policy was 0x\(String(policy, radix: 16)) and is 0x\(String(other.policy, radix: 16))")
        }
        if signingKey != other.signingKey {
            found.append("reports are signed by a \(other.signingKey.name) instead of a \(signingKey.name)")
        }
        if chipID != other.chipID {
            found.append("this is another machine: the copy was sealed on another chip")
        }
        if reportedTCB != other.reportedTCB {
            found.append("the host's firmware was (\(reportedTCB)) and is (\(other.reportedTCB))")
        }
        return found
    }

    private static func short(_ bytes: [UInt8]) -> String { Hex.encode(bytes.prefix(8)) + "..." }
}
