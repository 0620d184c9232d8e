/// Takes fields out of a report whose size, version and algorithm were found right, and checks what must be zero.
struct ReportReader {
    private let bytes: [UInt8]
    private let version: UInt32

    init(_ bytes: [UInt8]) throws(ReportFault) {
        guard bytes.count == Report.byteCount else {
            throw ReportFault(reason: .format, detail: "\(bytes.count) bytes; a report has \(Report.byteCount)")
        }
        self.bytes = bytes
        version = ReportReader.word(bytes, 0x000)
        guard Report.versions.contains(version) else {
            throw ReportFault(
                reason: .unsupportedVersion,
                detail: "VERSION \(version); \(Report.versions.lowerBound) to \(Report.versions.upperBound) are known")
        }
        let algorithm = ReportReader.word(bytes, 0x034)
        guard algorithm == 1 else {
            throw ReportFault(
                reason: .unsupportedAlgorithm, detail: "SIGNATURE_ALGO \(algorithm); 1 is ECDSA P-384 with SHA-384")
        }
    }

    func word(_ offset: Int) -> UInt32 { ReportReader.word(bytes, offset) }

    func long(_ offset: Int) -> UInt64 {
        UInt64(word(offset)) | UInt64(word(offset + 4)) << 32
    }

    /// Three bytes: build, minor, major.
    func firmwareVersion(_ offset: Int) -> FirmwareVersion {
        FirmwareVersion(major: bytes[offset + 2], minor: bytes[offset + 1], build: bytes[offset])
    }

    func signingKey() throws(ReportFault) -> SigningKey {
        let code = UInt8(truncatingIfNeeded: word(0x048) >> 2 & 7)
        guard let key = SigningKey(rawValue: code) else {
            throw ReportFault(reason: .format, detail: "SIGNING_KEY \(code) is reserved")
        }
        return key
    }

    /// Family 1Ah has a layout of its own. Version 2 does not tell the family, but there only Turin's short chip ids
    /// end in zeros.
    func layout(_ cpuid: Report.CPUID?) -> TCBVersion.Layout {
        if let cpuid { return cpuid.family >= 0x1A ? .turin : .milan }
        let chipID = bytes[0x1A0..<0x1E0]
        let isShort = chipID.dropFirst(8).allSatisfy { $0 == 0 } && chipID.prefix(8).contains { $0 != 0 }
        return isShort ? .turin : .milan
    }

    /// Fields with values that cannot be, and bytes that no field has. The signature area is not signed, so what
    /// stands in its padding would be anybody's.
    func checkFields(policy: GuestPolicy, vmpl: UInt32) throws(ReportFault) {
        if !policy.hasFixedBit { throw ReportFault(reason: .format, detail: "POLICY bit 17 is zero; it is always one") }
        if !policy.reservedIsZero { throw ReportFault(reason: .format, detail: "POLICY bits 63:26 are not zero") }
        if vmpl > 3, vmpl != .max { throw ReportFault(reason: .format, detail: "VMPL \(vmpl)") }
        if word(0x048) >> 5 != 0 { throw ReportFault(reason: .format, detail: "bits 31:5 at 0x48 are not zero") }
        for area in reserved where bytes[area].contains(where: { $0 != 0 }) {
            let first = String(area.lowerBound, radix: 16)
            throw ReportFault(reason: .format, detail: "the reserved area at 0x\(first) is not zero")
        }
        for area in ReportReader.signaturePadding where bytes[area].contains(where: { $0 != 0 }) {
            let first = String(area.lowerBound, radix: 16)
            throw ReportFault(reason: .format, detail: "the signature's padding at 0x\(first) is not zero")
        }
    }

    private var reserved: [Range<Int>] {
        [
            0x04C..<0x050, (version >= 3 ? 0x18B : 0x188)..<0x1A0, 0x1EB..<0x1EC, 0x1EF..<0x1F0,
            (version >= 5 ? 0x208 : 0x1F8)..<0x2A0,
        ]
    }

    /// After the 48 bytes of R, after the 48 bytes of S, and to the end.
    private static let signaturePadding = [0x2D0..<0x2E8, 0x318..<0x330, 0x330..<0x4A0]

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
            | UInt32(bytes[offset + 3]) << 24
    }
}
