/// What the guest's owner allowed at launch (POLICY, AMD 56860 table 9): the firmware refuses to launch or migrate the
/// guest against it.
public struct GuestPolicy: Hashable, Sendable {
    /// The field as it stands in the report.
    public let rawValue: UInt64

    /// A policy by its bits.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Least firmware ABI, minor number.
    public var abiMinor: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
    /// Least firmware ABI, major number.
    public var abiMajor: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 8) }
    /// Bit 16: the guest may run where two threads share a core.
    public var allowsSMT: Bool { has(16) }
    /// Bit 17, which is always one.
    var hasFixedBit: Bool { has(17) }
    /// Bit 18: a migration agent may be bound to the guest, and then moves its memory keys.
    public var allowsMigrationAgent: Bool { has(18) }
    /// Bit 19: the host may read and write the guest's memory. Nothing is confidential then.
    public var allowsDebug: Bool { has(19) }
    /// Bit 20: the guest runs on one socket only.
    public var requiresSingleSocket: Bool { has(20) }
    /// Bit 21: CXL memory and devices may be used.
    public var allowsCXL: Bool { has(21) }
    /// Bit 22: memory is encrypted with AES-256-XTS.
    public var requiresAES256XTS: Bool { has(22) }
    /// Bit 23: the power meter (RAPL) is off.
    public var requiresRAPLDisabled: Bool { has(23) }
    /// Bit 24: the host sees no ciphertext of the guest's memory.
    public var requiresCiphertextHiding: Bool { has(24) }
    /// Bit 25: the host cannot move or swap the guest's pages.
    public var disablesPageSwap: Bool { has(25) }
    /// Whether bits 63:26 are zero, as they must be.
    var reservedIsZero: Bool { rawValue >> 26 == 0 }

    private func has(_ bit: UInt64) -> Bool { rawValue >> bit & 1 == 1 }
}
