/// A report before it is signed. Every field can be set; `patches` reach what has no field.
package struct FixtureReport: Sendable {
    /// SIGNING_KEY.
    package enum SigningKey: UInt32, Hashable, Sendable {
        case vcek = 0
        case vlek = 1
        case none = 7
    }

    package static let byteCount = 1184
    package static let signedBytes = 0x2A0

    package let product: FixtureProduct
    package var version: UInt32
    package var guestSVN: UInt32 = 0
    /// ABI 1.31, SMT allowed, and the bit that must be one.
    package var policy: UInt64 = 0x3_0000 | 0x1F | 1 << 8
    package var familyID = [UInt8](repeating: 0, count: 16)
    package var imageID = [UInt8](repeating: 0, count: 16)
    package var vmpl: UInt32 = 0
    package var signatureAlgorithm: UInt32 = 1
    package var currentTCB: FixtureTCB
    /// SMT, TSME off, ECC, and the check for aliased memory done.
    package var platformInfo: UInt64 = 0x25
    package var isAuthorKeyEnabled = false
    package var isChipKeyMasked = false
    package var signingKey = SigningKey.vcek
    package var reportData = [UInt8](repeating: 0, count: 64)
    package var measurement = [UInt8](repeating: 0xA5, count: 48)
    package var hostData = [UInt8](repeating: 0, count: 32)
    package var idKeyDigest = [UInt8](repeating: 0, count: 48)
    package var authorKeyDigest = [UInt8](repeating: 0, count: 48)
    package var reportID = [UInt8](repeating: 0x11, count: 32)
    package var reportIDMA = [UInt8](repeating: 0xFF, count: 32)
    package var reportedTCB: FixtureTCB
    package var cpuid: [UInt8]
    package var chipID: [UInt8]
    package var committedTCB: FixtureTCB
    /// Build, minor, major.
    package var currentFirmware: [UInt8] = [21, 55, 1]
    package var committedFirmware: [UInt8] = [21, 55, 1]
    package var launchTCB: FixtureTCB
    package var launchMitigations: UInt64 = 0
    package var currentMitigations: UInt64 = 0
    /// Laid over the bytes before they are signed.
    package var patches: [(offset: Int, bytes: [UInt8])] = []

    /// A right one. `chipID` is padded to its 64 bytes with zeros.
    package init(_ product: FixtureProduct, version: UInt32 = 5, chipID: [UInt8], tcb: FixtureTCB? = nil) {
        let tcb = tcb ?? .current(product)
        self.product = product
        self.version = version
        currentTCB = tcb
        reportedTCB = tcb
        committedTCB = tcb
        launchTCB = tcb
        cpuid = product.cpuid
        let own = Array(chipID.prefix(product.chipIDBytes))
        self.chipID = own + [UInt8](repeating: 0, count: 64 - own.count)
    }

    /// The bytes with an empty signature.
    package var unsigned: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: FixtureReport.byteCount)
        func put(_ offset: Int, _ part: [UInt8]) { bytes.replaceSubrange(offset..<offset + part.count, with: part) }
        func number(_ offset: Int, _ value: some FixedWidthInteger) {
            put(offset, withUnsafeBytes(of: value.littleEndian) { Array($0) })
        }
        number(0x000, version)
        number(0x004, guestSVN)
        number(0x008, policy)
        put(0x010, familyID)
        put(0x020, imageID)
        number(0x030, vmpl)
        number(0x034, signatureAlgorithm)
        put(0x038, currentTCB.bytes(product))
        number(0x040, platformInfo)
        let flags: UInt32 = (isAuthorKeyEnabled ? 1 : 0) | (isChipKeyMasked ? 2 : 0) | signingKey.rawValue << 2
        number(0x048, flags)
        put(0x050, reportData)
        put(0x090, measurement)
        put(0x0C0, hostData)
        put(0x0E0, idKeyDigest)
        put(0x110, authorKeyDigest)
        put(0x140, reportID)
        put(0x160, reportIDMA)
        put(0x180, reportedTCB.bytes(product))
        if version >= 3 { put(0x188, cpuid) }
        put(0x1A0, chipID)
        put(0x1E0, committedTCB.bytes(product))
        put(0x1E8, currentFirmware)
        put(0x1EC, committedFirmware)
        put(0x1F0, launchTCB.bytes(product))
        if version >= 5 {
            number(0x1F8, launchMitigations)
            number(0x200, currentMitigations)
        }
        for patch in patches { put(patch.offset, patch.bytes) }
        return bytes
    }

    /// The 1184 bytes signed by an endorsement key.
    package func signed(by key: FixtureKey) throws -> [UInt8] {
        let body = Array(unsigned[..<FixtureReport.signedBytes])
        return body + (try key.signReport(body))
    }
}
