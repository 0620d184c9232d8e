import Primitives
import Testing

@testable import Attestation

@Suite("An evidence policy")
struct PolicyTests {
    /// A change to a report, a change to the policy, and what must come of it. Reports are changed under their
    /// signature, which the policy's questions do not look at.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var sample = Sample.genoa
        var report: @Sendable (inout [UInt8]) -> Void = { _ in }
        var policy: @Sendable (inout EvidencePolicy) -> Void = { _ in }
        let name: Check.Name
        let reason: RejectReason?
        var says = ""
    }

    static let cases: [Case] = [
        Case(testDescription: "debug", report: { $0[0x00A] |= 0x08 }, name: .debug, reason: .policyDebug),
        Case(
            testDescription: "debug allowed", report: { $0[0x00A] |= 0x08 }, policy: { $0.allowsDebug = true },
            name: .debug, reason: nil),
        Case(testDescription: "migration", report: { $0[0x00A] |= 0x04 }, name: .migration, reason: .policyMigration),
        Case(testDescription: "VMPL 1", report: { $0[0x030] = 1 }, name: .vmpl, reason: .policyVMPL, says: "VMPL 1"),
        Case(
            testDescription: "VMPL 1 allowed", report: { $0[0x030] = 1 }, policy: { $0.vmpls = [0, 1] }, name: .vmpl,
            reason: nil),
        Case(
            testDescription: "asked by the host", report: { for place in 0x030..<0x034 { $0[place] = 0xFF } },
            policy: { $0.vmpls = [0, 1, 2, 3] }, name: .vmpl, reason: .policyVMPL, says: "the host"),
        Case(testDescription: "SMT", policy: { $0.allowsSMT = false }, name: .smt, reason: .policySMT),
        Case(
            testDescription: "SMT off",
            report: {
                $0[0x00A] &= ~1; $0[0x040] &= ~1
            }, policy: { $0.allowsSMT = false },
            name: .smt, reason: nil),
        Case(
            testDescription: "single socket", policy: { $0.requiresSingleSocket = true }, name: .singleSocket,
            reason: .policySingleSocket),
        Case(
            testDescription: "alias check", report: { $0[0x040] &= ~0x20 }, name: .aliasCheck,
            reason: .policyAliasCheck),
        Case(
            testDescription: "alias check not asked", report: { $0[0x040] &= ~0x20 },
            policy: { $0.requiresAliasCheck = false }, name: .aliasCheck, reason: nil),
        Case(
            testDescription: "reported above committed", report: { $0[0x1E6] = 1 }, name: .tcbOrder,
            reason: .policyTCB, says: "reported TCB lies above committed TCB in snp"),
        Case(
            testDescription: "committed above current",
            report: {
                $0[0x038] = 1; $0[0x180] = 1
            }, name: .tcbOrder,
            reason: .policyTCB, says: "committed TCB lies above current TCB in bootloader"),
        Case(
            testDescription: "floor reached", policy: { $0.minimumTCB = [floor(.genoa, nil, .snp, 27)] },
            name: .minimumTCB, reason: nil),
        Case(
            testDescription: "floor missed", policy: { $0.minimumTCB = [floor(.genoa, nil, .snp, 28)] },
            name: .minimumTCB, reason: .policyTCB, says: "launch TCB: snp 27 is below 28"),
        Case(
            testDescription: "floor missed at launch only", report: { $0[0x1F6] = 26 },
            policy: { $0.minimumTCB = [floor(.genoa, nil, .snp, 27)] }, name: .minimumTCB, reason: .policyTCB,
            says: "launch TCB: snp 26 is below 27"),
        Case(
            testDescription: "floor missed by the committed TCB only", report: { $0[0x1E7] = 26 },
            policy: { $0.minimumTCB = [floor(.genoa, 0xA0, .microcode, 27)] }, name: .minimumTCB,
            reason: .policyTCB, says: "committed TCB: microcode 26 is below 27"),
        Case(
            testDescription: "floor of another model", policy: { $0.minimumTCB = [floor(.genoa, 0x11, .snp, 1)] },
            name: .minimumTCB, reason: .policyTCB, says: "no minimum TCB for Genoa, model 160"),
        Case(
            testDescription: "floor of another product", policy: { $0.minimumTCB = [floor(.turin, nil, .snp, 1)] },
            name: .minimumTCB, reason: .policyTCB, says: "Genoa"),
        Case(
            testDescription: "Turin's floor", sample: .turin,
            policy: { $0.minimumTCB = [floor(.turin, nil, .fmc, 2)] }, name: .minimumTCB, reason: .policyTCB,
            says: "reported TCB: fmc 1 is below 2"),
        Case(
            testDescription: "product", policy: { $0.products = [.turin] }, name: .productAllowed,
            reason: .policyProduct),
        Case(
            testDescription: "Milan by default", sample: .milan,
            policy: { $0.products = EvidencePolicy.defaultProducts }, name: .productAllowed, reason: .policyProduct,
            says: "2605.12990"),
        Case(
            testDescription: "Milan without chips", sample: .milan, policy: { $0.chips = nil }, name: .productAllowed,
            reason: .policyProduct, says: "chips on a list"),
        Case(testDescription: "Milan with chips", sample: .milan, name: .productAllowed, reason: nil),
        Case(
            testDescription: "chip", policy: { $0.chips = [[UInt8](repeating: 1, count: 64)] }, name: .chipAllowed,
            reason: .policyChip),
        Case(
            testDescription: "hidden chip", sample: .vlek, policy: { $0.chips = [[UInt8](repeating: 0, count: 64)] },
            name: .chipAllowed, reason: .policyChip),
        Case(testDescription: "Turin's chip", sample: .turin, name: .chipAllowed, reason: nil),
        Case(
            testDescription: "measurement", report: { $0[0x090] ^= 1 }, name: .measurement,
            reason: .policyMeasurement, says: "measurement"),
        Case(testDescription: "any measurement", policy: { $0.measurements = nil }, name: .measurement, reason: nil),
        Case(
            testDescription: "ID key", policy: { $0.idKeyDigests = [[UInt8](repeating: 1, count: 48)] }, name: .idKey,
            reason: .policyIDKey),
        Case(
            testDescription: "ID key listed", report: { for place in 0x0E0..<0x110 { $0[place] = 1 } },
            policy: { $0.idKeyDigests = [[UInt8](repeating: 1, count: 48)] }, name: .idKey, reason: nil),
        Case(
            testDescription: "no author key", policy: { $0.authorKeyDigests = [[UInt8](repeating: 0, count: 48)] },
            name: .authorKey, reason: .policyAuthorKey, says: "no author key"),
        Case(
            testDescription: "author key listed",
            report: {
                $0[0x048] |= 1
                for place in 0x110..<0x140 { $0[place] = 1 }
            }, policy: { $0.authorKeyDigests = [[UInt8](repeating: 1, count: 48)] }, name: .authorKey, reason: nil),
        Case(
            testDescription: "host data", policy: { $0.hostData = [[UInt8](repeating: 1, count: 32)] },
            name: .hostData, reason: .policyHostData),
    ]

    private static func floor(
        _ product: Product, _ model: UInt8?, _ component: TCBVersion.Component, _ least: UInt8
    ) -> TCBFloor {
        TCBFloor(product: product, model: model, minimum: [component: least])
    }

    @Test("asks what it says", arguments: cases)
    func asks(_ one: Case) throws {
        let verdict = try one.sample.verdict { evidence, policy in
            one.report(&evidence.report)
            one.policy(&policy)
        }
        let check = try #require(verdict[one.name])
        if let reason = one.reason {
            guard case .fail(let found, let detail) = check.outcome else {
                Issue.record("not refused: \(check.outcome)")
                return
            }
            #expect(found == reason)
            #expect(detail.contains(one.says), "\(detail)")
            #expect(!verdict.isTrusted)
        } else {
            #expect(!check.isObstacle, "\(check.outcome)")
        }
    }

    @Test("is strict where it is silent")
    func defaults() throws {
        let policy = try EvidencePolicy(json: ["measurements": "any"])
        #expect(policy == EvidencePolicy(measurements: nil))
        #expect(policy.products == [.genoa, .turin])
        #expect(!policy.allowsDebug && !policy.allowsMigration && policy.requiresAliasCheck)
        #expect(policy.vmpls == [0] && policy.clouds.isEmpty && policy.revocation == .required)
    }

    @Test("is read whole from its file")
    func whole() throws {
        let digest = String(repeating: "ab", count: 48)
        let text = """
            { "measurements": ["\(digest)"], "allowsDebug": true, "allowsMigration": true, "allowsSMT": false,
              "vmpls": [0, 3], "requiresSingleSocket": true, "requiresAliasCheck": false,
              "minimumTCB": [{ "product": "genoa", "model": 17, "snp": 23, "microcode": 72 },
                             { "product": "turin", "fmc": 1 }],
              "products": ["turin"], "chips": ["0011223344556677"], "idKeyDigests": ["\(digest)"],
              "authorKeyDigests": [], "hostData": ["\(String(repeating: "0c", count: 32))"],
              "clouds": ["CN=cloud"], "maximumAgeSeconds": 60, "requiresNonce": true, "revocation": "if-present" }
            """
        let policy = try EvidencePolicy(json: JSON(parsing: text))
        #expect(policy.measurements == [[UInt8](repeating: 0xAB, count: 48)])
        #expect(policy.allowsDebug && policy.allowsMigration && !policy.allowsSMT)
        #expect(policy.vmpls == [0, 3] && policy.requiresSingleSocket && !policy.requiresAliasCheck)
        #expect(
            policy.minimumTCB == [
                TCBFloor(product: .genoa, model: 17, minimum: [.snp: 23, .microcode: 72]),
                TCBFloor(product: .turin, minimum: [.fmc: 1]),
            ])
        #expect(policy.products == [.turin] && policy.chips == [[0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]])
        #expect(policy.idKeyDigests?.count == 1 && policy.authorKeyDigests == [] && policy.hostData?.count == 1)
        #expect(policy.clouds == ["CN=cloud"] && policy.maximumAgeSeconds == 60 && policy.requiresNonce)
        #expect(policy.revocation == .ifPresent)
    }

    static let refused: [(text: String, path: String)] = [
        ("[]", ""), ("{}", "measurements"), (#"{"measurements": "all"}"#, "measurements"),
        (#"{"measurements": ["ab"]}"#, "measurements[0]"), (#"{"measurements": "any", "debug": true}"#, "debug"),
        (#"{"measurements": "any", "allowsDebug": 1}"#, "allowsDebug"),
        (#"{"measurements": "any", "vmpls": [0, 4]}"#, "vmpls[1]"),
        (#"{"measurements": "any", "products": ["Genoa"]}"#, "products[0]"),
        (#"{"measurements": "any", "chips": ["00"]}"#, "chips[0]"),
        (#"{"measurements": "any", "minimumTCB": [{"snp": 1}]}"#, "minimumTCB[0]"),
        (#"{"measurements": "any", "minimumTCB": [{"product": "genoa"}]}"#, "minimumTCB[0]"),
        (#"{"measurements": "any", "minimumTCB": [{"product": "genoa", "fmc": 1}]}"#, "minimumTCB[0].fmc"),
        (#"{"measurements": "any", "minimumTCB": [{"product": "genoa", "snp": 256}]}"#, "minimumTCB[0].snp"),
        (#"{"measurements": "any", "maximumAgeSeconds": 0}"#, "maximumAgeSeconds"),
        (#"{"measurements": "any", "revocation": "off"}"#, "revocation"),
        (#"{"measurements": "any", "clouds": [""]}"#, "clouds[0]"),
    ]

    @Test("is refused with the place of the mistake", arguments: refused)
    func mistakes(text: String, path: String) throws {
        let json = try JSON(parsing: text)
        let fault = #expect(throws: EvidencePolicyFault.self) { try EvidencePolicy(json: json) }
        #expect(fault?.path == path)
        #expect(fault?.detail.isEmpty == false)
    }
}
