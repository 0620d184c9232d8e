import Database
import Ethereum
import Primitives
import Synchronization
import Testing

@testable import Identity

@Suite("Altered rows of credentials ring")
struct CredentialTamperingTests {
    private final class Alarm: Sendable {
        private let heard = Mutex<[Authenticator.Tampering]>([])

        func ring(_ tampering: Authenticator.Tampering) { heard.withLock { $0.append(tampering) } }

        var all: Set<Authenticator.Tampering> { heard.withLock { Set($0) } }
    }

    @Test(
        "An API key, a device, a pairing and a repository that somebody has rewritten",
        arguments: [
            ("update api_keys set permissions = '*:*'", .apiKeyMismatch),
            ("update api_key_secrets set code = facts_code", .apiKeyMismatch),
            ("update api_key_secrets set facts_code = code", .apiKeyMismatch),
            ("update device_delegations set wallet_id = (select max(id) from wallets)", .deviceMismatch),
            ("update device_pairings set sealed = zeroblob(60)", .deviceMismatch),
            ("update github_repositories set wallet_id = (select max(id) from wallets)", .repositoryMismatch),
            ("delete from api_key_secrets", nil), ("delete from device_delegations", nil),
        ] as [(String, Authenticator.Tampering?)])
    func rings(sql: String, expected: Authenticator.Tampering?) async throws {
        let alarm = Alarm()
        let gate = try await Gate.open(alarm: { alarm.ring($0) })
        let credentials = gate.credentials()
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        let stranger = try await gate.owner(gate.logIn(Fixed.wallet(2)).token)
        let key = try await credentials.createAPIKey(.init(name: "build", permissions: ["wallet:read"]), by: owner)
        let device = try Fixed.wallet(40)
        let description = try #require(DeviceDescription(client: "cli", platform: "linux", label: nil))
        let invitation = try await gate.devices.begin(description, wanted: ["wallet:read"])
        _ = try await gate.devices.prove(
            deviceCode: invitation.deviceCode, address: device.address.lowercase,
            signature: device.signature(invitation.message), publicKey: nil)
        _ = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner)
        _ = try await credentials.register(
            .init(name: "a/b", number: nil, ref: nil, permissions: ["wallet:read"]), by: owner)
        try await gate.database.write { tx in _ = try tx.execute(sql) }
        _ = await refusal(gate, key.text)
        _ = try? await credentials.rotateAPIKey(key.key.id, by: owner)
        _ = try? await gate.devices.collect(deviceCode: invitation.deviceCode)
        for owner in [owner, stranger] {
            _ = try await credentials.devices(of: owner)
            _ = try await credentials.repositories(of: owner)
        }
        #expect(alarm.all == Set([expected].compactMap { $0 }))
        await gate.close()
    }
}
