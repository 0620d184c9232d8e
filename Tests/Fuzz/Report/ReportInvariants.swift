import Attestation

/// What must hold for all bytes that are read as a report, good or bad. The fuzz target and the test that replays its
/// corpus check the same.
enum ReportInvariants {
    /// Nil, or what does not hold.
    static func violation(_ bytes: [UInt8]) -> String? {
        let report: Report
        do throws(ReportFault) { report = try Report(bytes) } catch {
            return error.detail.isEmpty ? "a refusal without words" : nil
        }
        if report.raw != bytes { return "the bytes received are not the bytes kept" }
        let written = written(report)
        for (place, byte) in written.enumerated() where byte != bytes[place] {
            return "byte \(place) is \(bytes[place]), but the fields say \(byte)"
        }
        if written.count != Report.signedByteCount { return "\(written.count) bytes of fields" }
        return nil
    }

    /// The signed part made anew from the fields: what no field holds must have been zero.
    private static func written(_ report: Report) -> [UInt8] {
        var out = word(report.version) + word(report.guestSVN) + long(report.policy.rawValue)
        out += report.familyID + report.imageID + word(report.vmpl) + word(1)
        out += report.currentTCB.bytes + long(report.platformInfo.rawValue)
        let flags: UInt32 = (report.hasAuthorKey ? 1 : 0) | (report.masksChipKey ? 2 : 0)
        out += word(flags | UInt32(report.signingKey.rawValue) << 2) + word(0)
        out += report.reportData + report.measurement + report.hostData + report.idKeyDigest + report.authorKeyDigest
        out += report.reportID + report.migrationAgentReportID + report.reportedTCB.bytes
        out += report.cpuid.map { [$0.family, $0.model, $0.stepping] } ?? [0, 0, 0]
        out += [UInt8](repeating: 0, count: 21) + report.chipID + report.committedTCB.bytes
        for version in [report.currentVersion, report.committedVersion] {
            out += [version.build, version.minor, version.major, 0]
        }
        out += report.launchTCB.bytes + long(report.launchMitigations ?? 0) + long(report.currentMitigations ?? 0)
        return out + [UInt8](repeating: 0, count: Report.signedByteCount - out.count)
    }

    private static func word(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    private static func long(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}
