import Database
import DatabaseFixtures
import Ethereum
import Primitives
import Testing

@testable import Identity

@Suite("Nothing begins below what is being revoked", .onEveryEngine)
struct RevocationRaceTests {
    private static let rounds = 6

    private func liveSessions(_ gate: Gate, _ kind: CredentialKind) async throws -> Int64? {
        try await gate.database.read { tx in
            try tx.first(
                "select count(*) from login_sessions where substr(id, 1, 4) = $1 and revoked_at is null",
                [.text(kind.rawValue)], { try $0.integer(0) })
        }
    }

    @Test("A device that renews its session while its owner revokes it is left with none")
    func devices() async throws {
        let gate = try await Gate.open()
        let device = try Fixed.wallet(40)
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        let description = try #require(DeviceDescription(client: "cli", platform: "linux", label: nil))
        for round in 0..<RevocationRaceTests.rounds {
            let invitation = try await gate.devices.begin(description, wanted: ["wallet:read"])
            _ = try await gate.devices.prove(
                deviceCode: invitation.deviceCode, address: device.address.lowercase,
                signature: device.signature(invitation.message), publicKey: nil)
            _ = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner)
            let id = try #require(try await gate.credentials().devices(of: owner).first?.delegation.id)
            await withTaskGroup(of: Void.self) { group in
                for place in 0..<6 {
                    group.addTask {
                        if place == round {
                            try? await gate.credentials().revokeDevice(id, by: owner)
                            return
                        }
                        guard let challenge = try? gate.devices.challenge(address: device.address.lowercase) else {
                            return
                        }
                        _ = try? await gate.devices.refresh(
                            address: device.address.lowercase, nonce: challenge.nonce,
                            signature: device.signature(challenge.message))
                    }
                }
            }
            #expect(try await gate.credentials().devices(of: owner) == [])
            #expect(try await liveSessions(gate, .device) == 0)
        }
        await gate.close()
    }
}
