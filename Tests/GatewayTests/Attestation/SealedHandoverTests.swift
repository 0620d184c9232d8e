import Attestation
import Cryptography
import DeviceSimulation
import Foundation
import Gateway
import HTTPTypes
import Primitives
import Testing

@Suite("A sealed root goes to another machine and is sealed there")
struct SealedHandoverTests {
    @Test("It never lies unsealed in either folder, and opens the giver's database on the new machine")
    func sealed() async throws {
        let (old, new) = try await handedOver { _ in }
        let kept = try new.folder.files().keys.filter { $0.hasPrefix("data/") }.sorted()
        #expect(kept == ["data/root.recovery.json", "data/root.sealed"])
        let copy = try new.folder.read("data/root.sealed")
        #expect(try copy != old.folder.read("data/root.sealed"), "sealed to another machine")
        try new.folder.write("data/sealgate.db", try old.folder.read("data/sealgate.db"))
        try await new.run { gateway in
            let health = try await gateway.send(.get, "/health").good().json
            #expect(health["securityPosture"]?["keySources"]?["rootSecret"] == "snp_sealed")
        }
        #expect(!DataFiles.hold(try old.rootBytes(), in: try new.folder.files()))
    }

    @Test("Without the recovery document, or with that of another root, nothing is kept", arguments: ["none", "other"])
    func document(way: String) async throws {
        let other = try SealedGateway()
        try await other.run { _ in }
        let failure = await #expect(throws: (any Error).self) {
            _ = try await handedOver { recovery in
                recovery = way == "none" ? nil : other.folder.file("data/root.recovery.json")
            }
        }
        let text = failure.map { "\($0)" } ?? ""
        #expect(text.contains(way == "none" ? "--recovery" : "another root"), "\(text)")
    }

    /// Two sealed machines, the root of the first handed to the second.
    private func handedOver(
        _ change: (inout String?) -> Void
    ) async throws -> (old: SealedGateway, new: SealedGateway) {
        let old = try SealedGateway()
        let new = try SealedGateway(machine: ["--host", "second"])
        let envelope = DSSEEnvelope(
            payloadType: ReleaseList.payloadType, payload: HandoverStand.list([HandoverStand.own]).json.bytes,
            signedBy: [try HandoverStand.key()])
        try old.folder.write("list.json", envelope.fileBytes)
        try old.folder.write("release.pem", Array(try HandoverStand.key().publicKey.pem.utf8))
        let certificates = try [old, new].map { try Scratch.read($0.machine.rootPath) }
        let roots = TrustedRoots(
            pinnedSHA256: Set(certificates.map { SHA256.hash($0) }), certificates: certificates)
        let settings = old.settings.merging(HandoverStand.settings(old.folder)) { $1 }
        try await withAttestedGateway(
            on: old.machine, in: old.folder, settings: settings, believing: roots
        ) { attested in
            var recovery: String? = old.folder.file("data/root.recovery.json")
            change(&recovery)
            let handover = RootHandover(
                try new.configuration(), client: attested.gateway.client, clock: SystemClock(),
                random: SystemRandom(), roots: roots)
            do {
                let receipt = try await handover.carryOut(
                    RootHandover.Order(
                        url: attested.gateway.address, gateway: TestGateway.origin,
                        files: .init(list: old.folder.file("list.json"), key: old.folder.file("release.pem")),
                        folder: new.folder.file("data"), recovery: recovery))
                #expect(receipt.path == new.folder.file("data/root.sealed"))
            } catch {
                #expect(try new.folder.files().keys.allSatisfy { !$0.hasPrefix("data/root") })
                throw error
            }
        }
        return (old, new)
    }
}

extension SealedGateway {
    /// The root, brought together by two custodians.
    fileprivate func rootBytes() throws -> [UInt8] {
        let document = try RecoveryDocument(try folder.read("data/root.recovery.json"))
        let shares = try [0, 1].map { index in
            try #require(document.share(for: custodians[index].publicKey)).opened(with: custodians[index])
        }
        return try document.set.reassemble(shares).withBytes { Array($0) }
    }
}

/// What files hold.
private enum DataFiles {
    static func hold(_ secret: [UInt8], in files: [String: [UInt8]]) -> Bool {
        files.values.contains { Data($0).range(of: Data(secret)) != nil }
    }
}
