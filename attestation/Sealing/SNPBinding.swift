import Primitives

/// What the key of a sealed copy follows from on an SEV-SNP guest: what was selected, at which level, and on which
/// machine.
public struct SNPBinding: Hashable, Sendable {
    /// What every copy selects. Fewer would let other guests on the chip derive the key, so no reader takes fewer.
    public static let fields: DerivedKeyRequest.Fields = [.measurement, .policy]

    /// The privilege level that is mixed in, 0 to 3.
    public let vmpl: UInt32
    /// The machine as it was at the sealing.
    public let machine: SealingMachine

    /// A binding to `machine` at a level.
    public init(machine: SealingMachine, vmpl: UInt32) {
        self.machine = machine
        self.vmpl = vmpl
    }

    /// What the firmware is asked.
    var request: DerivedKeyRequest { DerivedKeyRequest(fields: SNPBinding.fields, vmpl: vmpl) }

    var json: JSON {
        [
            "fields": .integer(Int64(SNPBinding.fields.rawValue)), "vmpl": .integer(Int64(vmpl)),
            "measurement": .string(Hex.encode(machine.measurement)),
            "policy": .string(String(machine.policy, radix: 16)),
            "reportedTCB": .string(Hex.encode(machine.reportedTCB.bytes)),
            "tcbLayout": .string(machine.reportedTCB.layout == .turin ? "turin" : "milan"),
            "chipID": .string(Hex.encode(machine.chipID)), "signingKey": .string(machine.signingKey.name),
        ]
    }

    init?(json: JSON) {
        guard let vmpl = json["vmpl"]?.integer, (0...3).contains(vmpl),
            let measurement = json["measurement"]?.string.flatMap({ Hex.decode($0) }), measurement.count == 48,
            let policy = json["policy"]?.string.flatMap({ UInt64($0, radix: 16) }),
            let tcb = json["reportedTCB"]?.string.flatMap({ Hex.decode($0) }), tcb.count == TCBVersion.byteCount,
            let layout = json["tcbLayout"]?.string,
            let chipID = json["chipID"]?.string.flatMap({ Hex.decode($0) }), chipID.count == 64,
            let name = json["signingKey"]?.string,
            let signingKey = [SigningKey.vcek, .vlek].first(where: { $0.name == name })
        else { return nil }
        self.vmpl = UInt32(vmpl)
        machine = SealingMachine(
            measurement: measurement, policy: policy,
            reportedTCB: TCBVersion(
                rawValue: tcb.reversed().reduce(0) { $0 << 8 | UInt64($1) },
                layout: layout == "turin" ? .turin : .milan),
            chipID: chipID, signingKey: signingKey)
    }
}
