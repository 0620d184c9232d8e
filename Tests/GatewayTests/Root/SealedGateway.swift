import Attestation
import Cryptography
import DeviceSimulation
import Foundation
import Gateway
import Primitives

/// A sealed gateway's folder on a simulated machine, and its three custodians, of whom two are needed.
struct SealedGateway: Sendable {
    let machine: SimulatedMachine
    let folder: TemporaryFolder
    let custodians: [X25519PrivateKey]

    init(machine options: [String] = []) throws {
        machine = try SimulatedMachine(options)
        folder = try TemporaryFolder()
        custodians = try (0..<3).map { _ in try X25519PrivateKey.generate() }
        for (index, custodian) in custodians.enumerated() {
            try folder.write("custodian\(index).pub", Array(custodian.publicKey.pem.utf8))
        }
    }

    var settings: [String: String] {
        [
            "SEALGATE_ROOT_SEALING": "snp", "SEALGATE_MEASUREMENT_COVERS": "image",
            "SEALGATE_RECOVERY_KEYS": folder.path, "SEALGATE_RECOVERY_THRESHOLD": "2",
        ].merging(AttestedGateway.settings(machine)) { $1 }
    }

    func configuration(_ more: [String: String] = [:]) throws -> Configuration {
        try TestGateway.configuration(folder, settings.merging(more) { $1 })
    }

    /// A file with the settings, for the program.
    func configurationFile() throws -> String {
        var all = settings
        all["SEALGATE_LISTEN"] = "127.0.0.1:0"
        all["SEALGATE_PUBLIC_ORIGIN"] = TestGateway.origin
        all["SEALGATE_DATA_DIR"] = folder.file("data")
        try folder.write("sealgate.conf", Array(all.map { "\($0) = \($1)\n" }.joined().utf8))
        return folder.file("sealgate.conf")
    }

    /// Runs `body` against the gateway.
    @discardableResult
    func run<R>(_ body: (TestGateway) async throws -> R) async throws -> R {
        try await withAttestedGateway(on: machine, in: folder, settings: settings) { try await body($0.gateway) }
    }

    /// What a start says that does not succeed; nil if it does.
    func complaint(_ more: [String: String] = [:]) async throws -> String? {
        do {
            try await withAttestedGateway(on: machine, in: folder, settings: settings.merging(more) { $1 }) { _ in }
            return nil
        } catch let error as GatewayStartError {
            return error.description
        }
    }

    /// The lines that these custodians print.
    func lines(_ who: [Int], of document: String = "data/root.recovery.json") throws -> [Secret] {
        let document = try RecoveryDocument(try folder.read(document))
        return try who.map { index in
            guard let share = document.share(for: custodians[index].publicKey) else { throw NoShare() }
            return try share.opened(with: custodians[index]).text()
        }
    }

    struct NoShare: Error {}

    @discardableResult
    func restore(_ who: [Int], document: String? = nil) async throws -> RootRecovery.Outcome {
        try await RootRecovery.restore(
            configuration(), lines: lines(who), document: document, clock: SystemClock(), random: SystemRandom())
    }

    /// Every file of the data folder that says what the root is.
    func rootFiles() throws -> [String: [UInt8]] {
        try folder.files().filter { $0.key.hasPrefix("data/root") }
    }
}
