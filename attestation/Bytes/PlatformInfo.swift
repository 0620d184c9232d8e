/// How the machine is set up (PLATFORM_INFO, AMD 56860 table 24).
public struct PlatformInfo: Hashable, Sendable {
    /// The field as it stands in the report.
    public let rawValue: UInt64

    /// A set-up by its bits.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Bit 0: two threads share a core.
    public var hasSMT: Bool { has(0) }
    /// Bit 1: all memory is encrypted, also the host's.
    public var hasTSME: Bool { has(1) }
    /// Bit 2: memory corrects errors.
    public var hasECC: Bool { has(2) }
    /// Bit 3: the power meter (RAPL) is off.
    public var hasRAPLDisabled: Bool { has(3) }
    /// Bit 4: the host sees no ciphertext of guests' memory.
    public var hasCiphertextHiding: Bool { has(4) }
    /// Bit 5: since the last boot the firmware has looked for memory that answers at two addresses, and found none
    /// (BadRAM, AMD-SB-3015).
    public var hasCompletedAliasCheck: Bool { has(5) }
    /// Bit 7: trusted devices (SEV-TIO) are on.
    public var hasTrustedIO: Bool { has(7) }
    /// Bits 6 and 63:8, whose meaning is not known here. They are not refused: real Turin machines set bit 6, and what
    /// a machine adds to its set-up takes nothing from what the other bits say.
    public var unknownBits: UInt64 { rawValue & ~0xBF }

    private func has(_ bit: UInt64) -> Bool { rawValue >> bit & 1 == 1 }
}
