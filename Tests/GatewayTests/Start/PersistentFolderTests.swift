import Foundation
import Testing

@testable import Gateway

@Suite("Where production keeps ciphertexts outlives a restart")
struct PersistentFolderTests {
    @Test("A missing folder, a file, and one in memory are refused with the reason")
    func folders() throws {
        let folder = try TemporaryFolder()
        #expect(PersistentFolder.complaint(about: folder.file("none"))?.contains("no such folder") == true)
        try Data("x".utf8).write(to: URL(filePath: folder.file("file")))
        #expect(PersistentFolder.complaint(about: folder.file("file"))?.contains("no such folder") == true)
        #expect(PersistentFolder.complaint(about: "/dev/shm")?.contains("does not outlive") == true)
    }

    @Test("Production takes no secret that it could open alone")
    func unsigned() throws {
        var settings = [
            "SEALGATE_MODE": "production", "SEALGATE_ROOT_SEALING": "snp", "SEALGATE_MEASUREMENT_COVERS": "image",
            "SEALGATE_TLS": "inside",
        ]
        _ = try Configuration(ConfigurationSource(file: nil, environment: settings))
        settings["SEALGATE_VAULT_UNSIGNED"] = "on"
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(ConfigurationSource(file: nil, environment: settings))
        }
        #expect(error?.subject == "SEALGATE_VAULT_UNSIGNED")
    }

    @Test(
        "Settings of the vault are read strictly",
        arguments: [("UNSIGNED", "yes"), ("CHAIN_ID", "0"), ("CHAIN_ID", "x")])
    func strict(name: String, value: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(ConfigurationSource(file: nil, environment: ["SEALGATE_VAULT_\(name)": value]))
        }
        #expect(error?.subject == "SEALGATE_VAULT_\(name)")
    }
}
