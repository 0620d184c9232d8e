/// An attestation report (ATTESTATION_REPORT, AMD 56860 table 23), read strictly: of the versions 2 to 5, whole, and
/// with zeros wherever the layout knows no field. That it can be read says nothing about who wrote it.
///
/// What the firmware signs are the bytes received, so they are kept and never written anew.
public struct Report: Hashable, Sendable {
    /// Bytes of a report.
    public static let byteCount = 1184
    /// Bytes that the signature covers, from the start. ECDSA allows a second signature over the same bytes, so these
    /// alone tell one report from another.
    public static let signedByteCount = 0x2A0
    /// The versions whose layout is known.
    public static let versions: ClosedRange<UInt32> = 2...5

    /// The report as received, 1184 bytes.
    public let raw: [UInt8]
    /// VERSION: which fields there are.
    public let version: UInt32
    /// GUEST_SVN of the ID block.
    public let guestSVN: UInt32
    /// What the guest's owner allowed.
    public let policy: GuestPolicy
    /// The privilege level that asked, 0 to 3; all ones when the host asked.
    public let vmpl: UInt32
    /// How the machine is set up.
    public let platformInfo: PlatformInfo
    /// Whether AUTHOR_KEY_DIGEST holds the author's key.
    public let hasAuthorKey: Bool
    /// Whether the host hides which chip signed.
    public let masksChipKey: Bool
    /// Which key signed.
    public let signingKey: SigningKey
    /// CPUID of the processor; nil in version 2, which has none.
    public let cpuid: CPUID?
    /// The firmware that is running, also if it could still be rolled back.
    public let currentTCB: TCBVersion
    /// The version from which the signing key was derived.
    public let reportedTCB: TCBVersion
    /// The version below which the platform can no more be rolled back.
    public let committedTCB: TCBVersion
    /// The current version when the guest was launched or came here.
    public let launchTCB: TCBVersion
    /// The firmware that is running.
    public let currentVersion: FirmwareVersion
    /// The firmware that was committed.
    public let committedVersion: FirmwareVersion
    /// Mitigations verified at launch; nil before version 5.
    public let launchMitigations: UInt64?
    /// Mitigations verified now; nil before version 5.
    public let currentMitigations: UInt64?

    /// Reads a report. Throws what is wrong first, in the order size, version, algorithm, fields.
    public init(_ bytes: [UInt8]) throws(ReportFault) {
        let reader = try ReportReader(bytes)
        raw = bytes
        version = reader.word(0x000)
        guestSVN = reader.word(0x004)
        policy = GuestPolicy(rawValue: reader.long(0x008))
        vmpl = reader.word(0x030)
        platformInfo = PlatformInfo(rawValue: reader.long(0x040))
        let keyInfo = reader.word(0x048)
        hasAuthorKey = keyInfo & 1 == 1
        masksChipKey = keyInfo & 2 == 2
        signingKey = try reader.signingKey()
        cpuid = version >= 3 ? CPUID(family: bytes[0x188], model: bytes[0x189], stepping: bytes[0x18A]) : nil
        let layout = reader.layout(cpuid)
        currentTCB = TCBVersion(rawValue: reader.long(0x038), layout: layout)
        reportedTCB = TCBVersion(rawValue: reader.long(0x180), layout: layout)
        committedTCB = TCBVersion(rawValue: reader.long(0x1E0), layout: layout)
        launchTCB = TCBVersion(rawValue: reader.long(0x1F0), layout: layout)
        currentVersion = reader.firmwareVersion(0x1E8)
        committedVersion = reader.firmwareVersion(0x1EC)
        launchMitigations = version >= 5 ? reader.long(0x1F8) : nil
        currentMitigations = version >= 5 ? reader.long(0x200) : nil
        try reader.checkFields(policy: policy, vmpl: vmpl)
    }

    /// CPUID values, as `Fn8000_0001` gives them when combined.
    public struct CPUID: Hashable, Sendable {
        /// Base and extended family together.
        public let family: UInt8
        /// Base and extended model together.
        public let model: UInt8
        /// The revision.
        public let stepping: UInt8

        /// The product that has these values, if one is known.
        public var product: Product? { Product(family: family, model: model) }
    }

    /// The product as the CPUID tells; nil for unknown values, and in version 2, where only the certificate tells.
    public var product: Product? { cpuid?.product }

    /// FAMILY_ID of the ID block, 16 bytes.
    public var familyID: [UInt8] { field(0x010, 16) }
    /// IMAGE_ID of the ID block, 16 bytes.
    public var imageID: [UInt8] { field(0x020, 16) }
    /// What the guest had signed.
    public var reportData: [UInt8] { field(0x050, 64) }
    /// SHA-384 over what the guest was launched with, 48 bytes.
    public var measurement: [UInt8] { field(0x090, 48) }
    /// What the host gave at launch, 32 bytes.
    public var hostData: [UInt8] { field(0x0C0, 32) }
    /// SHA-384 of the key that signed the ID block, 48 bytes; zeros if there was none.
    public var idKeyDigest: [UInt8] { field(0x0E0, 48) }
    /// SHA-384 of the key that certified the ID key, 48 bytes; zeros if there was none.
    public var authorKeyDigest: [UInt8] { field(0x110, 48) }
    /// Which guest this is, 32 bytes, made at launch.
    public var reportID: [UInt8] { field(0x140, 32) }
    /// The report id of the migration agent, 32 bytes; all ones without one.
    public var migrationAgentReportID: [UInt8] { field(0x160, 32) }
    /// Which chip, 64 bytes; zeros if the host hides it or a VLEK signed.
    public var chipID: [UInt8] { field(0x1A0, 64) }
    /// The bytes that the signature covers.
    public var signedBytes: ArraySlice<UInt8> { raw[..<Report.signedByteCount] }

    private func field(_ offset: Int, _ count: Int) -> [UInt8] {
        Array(raw[offset..<offset + count])
    }
}
