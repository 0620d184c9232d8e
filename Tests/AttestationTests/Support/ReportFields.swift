import Primitives

@testable import Attestation

/// A report's fields under the names and in the forms of the vectors' `expected.json`.
struct ReportFields {
    let values: [String: JSON]

    init(_ report: Report) {
        var values: [String: JSON] = [
            "version": .integer(Int64(report.version)), "guest_svn": .integer(Int64(report.guestSVN)),
            "policy": .string(ReportFields.hex(report.policy.rawValue)),
            "policy_bits": ReportFields.bits(report.policy),
            "platform_info": .string(ReportFields.hex(report.platformInfo.rawValue)),
            "platform_info_bits": ReportFields.bits(report.platformInfo), "vmpl": .integer(Int64(report.vmpl)),
            "signature_algo": 1, "author_key_en": .bool(report.hasAuthorKey),
            "mask_chip_key": .bool(report.masksChipKey), "signing_key": .string(report.signingKey.name),
            "current_version": .string(report.currentVersion.description),
            "committed_version": .string(report.committedVersion.description),
        ]
        let word =
            UInt32(report.signingKey.rawValue) << 2 | (report.masksChipKey ? 2 : 0) | (report.hasAuthorKey ? 1 : 0)
        values["key_info"] = .string("0x" + ReportFields.padded(UInt64(word), 8))
        let fields: [String: [UInt8]] = [
            "family_id": report.familyID, "image_id": report.imageID, "report_data": report.reportData,
            "measurement": report.measurement, "host_data": report.hostData, "id_key_digest": report.idKeyDigest,
            "author_key_digest": report.authorKeyDigest, "report_id": report.reportID,
            "report_id_ma": report.migrationAgentReportID, "chip_id": report.chipID,
        ]
        for (name, bytes) in fields { values[name] = .string(Hex.encode(bytes)) }
        let versions = [
            "current_tcb": report.currentTCB, "reported_tcb": report.reportedTCB, "committed_tcb": report.committedTCB,
            "launch_tcb": report.launchTCB,
        ]
        for (name, version) in versions { values[name] = ReportFields.tcb(version) }
        if let cpuid = report.cpuid {
            values["cpuid_family_id"] = .string("0x" + Hex.encode([cpuid.family]))
            values["cpuid_model_id"] = .string("0x" + Hex.encode([cpuid.model]))
            values["cpuid_stepping"] = .integer(Int64(cpuid.stepping))
        }
        values["launch_mit_vector"] = report.launchMitigations.map { .string(ReportFields.hex($0)) }
        values["current_mit_vector"] = report.currentMitigations.map { .string(ReportFields.hex($0)) }
        self.values = values
    }

    private static func bits(_ policy: GuestPolicy) -> JSON {
        [
            "abi_minor": .integer(Int64(policy.abiMinor)), "abi_major": .integer(Int64(policy.abiMajor)),
            "smt": .bool(policy.allowsSMT), "reserved_must_be_one": .bool(policy.hasFixedBit),
            "migrate_ma": .bool(policy.allowsMigrationAgent), "debug": .bool(policy.allowsDebug),
            "single_socket": .bool(policy.requiresSingleSocket), "cxl_allow": .bool(policy.allowsCXL),
            "mem_aes_256_xts": .bool(policy.requiresAES256XTS), "rapl_dis": .bool(policy.requiresRAPLDisabled),
            "ciphertext_hiding_dram": .bool(policy.requiresCiphertextHiding),
            "page_swap_disable": .bool(policy.disablesPageSwap),
        ]
    }

    private static func bits(_ info: PlatformInfo) -> JSON {
        [
            "smt_en": .bool(info.hasSMT), "tsme_en": .bool(info.hasTSME), "ecc_en": .bool(info.hasECC),
            "rapl_dis": .bool(info.hasRAPLDisabled), "ciphertext_hiding_dram_en": .bool(info.hasCiphertextHiding),
            "alias_check_complete": .bool(info.hasCompletedAliasCheck), "tio_en": .bool(info.hasTrustedIO),
        ]
    }

    private static func tcb(_ version: TCBVersion) -> JSON {
        var members = version.layout.components.map {
            JSON.Member($0.rawValue, .integer(Int64(version[$0] ?? 0)))
        }
        members.append(JSON.Member("raw", .string(Hex.encode(version.bytes))))
        return .object(members)
    }

    private static func hex(_ value: UInt64) -> String { "0x" + padded(value, 16) }

    private static func padded(_ value: UInt64, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
