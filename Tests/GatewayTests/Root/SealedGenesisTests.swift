import Attestation
import DeviceSimulation
import Foundation
import Gateway
import HTTPTypes
import Primitives
import Testing

@Suite("A sealed gateway begins with shares, or not at all")
struct SealedGenesisTests {
    @Test(
        "What is missing or contradicts is named, and nothing is left behind",
        arguments: [
            ("SEALGATE_RECOVERY_KEYS", "", "SEALGATE_RECOVERY_KEYS and SEALGATE_RECOVERY_THRESHOLD are needed"),
            ("SEALGATE_RECOVERY_THRESHOLD", "", "SEALGATE_RECOVERY_KEYS and SEALGATE_RECOVERY_THRESHOLD are needed"),
            ("SEALGATE_RECOVERY_THRESHOLD", "4", "is 4, but"), ("SEALGATE_RECOVERY_KEYS", "/nowhere", "cannot be read"),
            ("SEALGATE_PUBLIC_ORIGIN", "", "the shares name it"),
            ("SEALGATE_MEASUREMENT_COVERS", "firmware", "set SEALGATE_MEASUREMENT_COVERS=image"),
            ("SEALGATE_SEV_GUEST_PATH", "/nowhere", "the device does not answer"),
        ])
    func refused(name: String, value: String, word: String) async throws {
        let sealed = try SealedGateway()
        let said = try await sealed.complaint([name: value])
        #expect(said?.contains(word) == true, "\(said ?? "it started")")
        #expect(try sealed.folder.files().keys.filter { $0.hasPrefix("data/") } == [])
    }

    @Test(
        "A machine whose key would protect nothing is refused",
        arguments: [("kind vlek", "the cloud's key (VLEK)"), ("policy \(0x3011F | 1 << 19)", "allows debugging")])
    func worthless(change: String, word: String) async throws {
        let sealed = try SealedGateway()
        try sealed.machine.tell(change)
        let said = try await sealed.complaint()
        #expect(said?.contains(word) == true, "\(said ?? "it started")")
        #expect(try sealed.rootFiles().isEmpty)
    }

    @Test("Custodians' keys that are none, or one twice, are refused", arguments: ["garbage", "twice"])
    func badKeys(_ way: String) async throws {
        let sealed = try SealedGateway()
        let bytes = way == "twice" ? try sealed.folder.read("custodian0.pub") : Array("no key\n".utf8)
        try sealed.folder.write("custodian3.pub", bytes)
        let said = try await sealed.complaint()
        #expect(said?.contains("SEALGATE_RECOVERY_KEYS") == true)
        #expect(try sealed.rootFiles().isEmpty)
    }

    @Test("The statement names the recovery set, and a threshold of one is said to be weak")
    func statedSet() async throws {
        let sealed = try SealedGateway()
        try await withAttestedGateway(
            on: sealed.machine, in: sealed.folder,
            settings: sealed.settings.merging(["SEALGATE_RECOVERY_THRESHOLD": "1"]) { $1 }
        ) { attested in
            let boot = try await attested.bundle("/api/attestation/report")
            let statement = try #require(boot.statement.flatMap(AttestationStatement.init))
            let document = try RecoveryDocument(try sealed.folder.read("data/root.recovery.json"))
            #expect(statement.trust == StatedTrust(recovery: .init(document.set), releaseKey: nil))
            #expect(statement.trust.recovery?.threshold == 1 && statement.trust.recovery?.shares == 3)
            let health = try await attested.gateway.send(.get, "/health").good().json
            let reasons = health["securityPosture"]?["degradedReasons"]?.array?.compactMap { $0["code"]?.string }
            #expect(reasons?.contains("recovery_by_one_custodian") == true)
        }
    }

    @Test("One file may hold all the keys")
    func oneFile() async throws {
        let sealed = try SealedGateway()
        let all = try (0..<3).flatMap { try sealed.folder.read("custodian\($0).pub") }
        try sealed.folder.write("all.pem", all)
        #expect(try await sealed.complaint(["SEALGATE_RECOVERY_KEYS": sealed.folder.file("all.pem")]) == nil)
        #expect(try sealed.lines([0, 1, 2]).count == 3)
    }

    @Test("An unsealed gateway does not become a sealed one, nor a sealed one an unsealed one")
    func modes() async throws {
        let sealed = try SealedGateway()
        let file = ["SEALGATE_ROOT_SEALING": "file"]
        #expect(try await sealed.complaint(file) == nil)
        #expect(try await sealed.complaint()?.contains("root.secret lies unsealed") == true)
        let other = try SealedGateway()
        #expect(try await other.complaint() == nil)
        #expect(try await other.complaint(file)?.contains("Set it to `snp`") == true)
        try FileManager.default.removeItem(atPath: other.folder.file("data/root.sealed"))
        #expect(try await other.complaint(file)?.contains("Set it to `snp`") == true)
        #expect(!FileManager.default.fileExists(atPath: other.folder.file("data/root.secret")))
    }

    @Test("A device that fails at a start is not taken for a change that shares could mend")
    func failingDevice() async throws {
        let sealed = try SealedGateway()
        #expect(try await sealed.complaint() == nil)
        try sealed.machine.tell("fault status-27")
        let said = try #require(try await sealed.complaint())
        #expect(said.contains("the device does not answer") && !said.contains("recovery restore"))
        try sealed.machine.tell("fault none")
        #expect(try await sealed.complaint() == nil)
    }
}
