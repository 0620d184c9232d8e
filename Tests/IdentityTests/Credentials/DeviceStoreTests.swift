import Cryptography
import Database
import Ethereum
import Foundation
import Primitives
import Testing

@testable import Identity

@Suite("What is stored of devices")
struct DeviceStoreTests {
    private func pairing(_ gate: Gate) throws -> Pairing {
        let description = try #require(DeviceDescription(client: "cli", platform: "linux", label: nil))
        return Pairing(description, wanted: nil, nonce: "00", expiresAt: Gate.start.adding(seconds: 600))
    }

    @Test("At most ten thousand pairings wait at a time; those that are over make room")
    func pairings() async throws {
        let gate = try await Gate.open()
        let pairing = try pairing(gate)
        let tables = gate.devices.tables
        for batch in 0..<20 {
            try await gate.database.write { tx in
                for number in 0..<500 {
                    let name = "\(batch).\(number)"
                    let isStored = try tables.insert(
                        pairing, deviceCode: name, userCode: name, random: [], at: Gate.start, in: tx)
                    #expect(isStored)
                }
            }
        }
        let begun = try await deviceError { try await gate.devices.begin(pairing.description, wanted: nil) }
        #expect(begun == .tooManyPairings)
        gate.clock.advance(seconds: 600)
        #expect(try await deviceError { try await gate.devices.begin(pairing.description, wanted: nil) } == nil)
        var left = 1
        while left > 0 {
            let moment = gate.clock.now().adding(seconds: 1)
            left = try await gate.database.write { try tables.purge(before: moment, limit: 4_000, in: $0) }
        }
        #expect(try await gate.count("device_pairings") == 1)
        await gate.close()
    }

    @Test("Two pairings never share a user code")
    func userCodes() async throws {
        let gate = try await Gate.open()
        let pairing = try pairing(gate)
        let tables = gate.devices.tables
        let stored = try await gate.database.write { tx in
            try ["a", "b"].map {
                try tables.insert(pairing, deviceCode: $0, userCode: "u", random: [], at: Gate.start, in: tx)
            }
        }
        #expect(stored == [true, false])
        await gate.close()
    }

    @Test("User codes have eight signs that do not look alike, read in any case, with or without hyphen")
    func spelling() throws {
        var signs: Set<Character> = []
        for _ in 0..<200 {
            let code = try #require(UserCode.make(random: SystemRandom().bytes(UserCode.randomBytes)))
            #expect(code.wholeMatch(of: /[ACDEFGHJKMNPRTUWXY3479]{4}-[ACDEFGHJKMNPRTUWXY3479]{4}/) != nil)
            signs.formUnion(code)
        }
        #expect(signs.count == 23)
        #expect(UserCode.make(random: Array(repeating: 255, count: 32)) == nil)
        for typed in ["ACDE-3479", "acde3479", " acde - 3479", "A-C-D-E-3-4-7-9"] {
            #expect(UserCode.normalised(typed) == "ACDE3479")
        }
        for typed in ["", "ACDE-347", "ACDE-34799", "0CDE-3479", "ACDE_3479", "ACDE-347\u{661}", "ACDE\u{2011}3479"] {
            #expect(UserCode.normalised(typed) == nil)
        }
    }

    @Test("A record holds in one place, under one root, to the bit; two of one content differ")
    func seals() throws {
        func records(_ byte: UInt8) throws -> SealedRecords {
            let tree = try Gate.tree(byte)
            return SealedRecords(
                sealing: try tree.key(for: .deviceRecords), nonces: try tree.key(for: .deviceRecordNonces))
        }
        let records7 = try records(7)
        let record: JSON = ["a": 1]
        let sealed = records7.seal(record, at: [1], random: [1])
        #expect(records7.open(sealed, at: [1]) == record)
        #expect(records7.open(sealed, at: [2]) == nil)
        #expect(try records(8).open(sealed, at: [1]) == nil)
        #expect(records7.seal(record, at: [1], random: [2]) != sealed)
        #expect(records7.seal(["a": 2], at: [1], random: [1]).prefix(12) != sealed.prefix(12))
        for place in sealed.indices {
            var altered = sealed
            altered[place] ^= 1
            #expect(records7.open(altered, at: [1]) == nil)
        }
        #expect(records7.open([], at: [1]) == nil)
    }

    /// What somebody who can write the database tries.
    static let tampering = [
        "update device_delegations set wallet_id = (select max(id) from wallets)",
        "update device_delegations set id = 'dev_other'", "update device_delegations set sealed = x'00'",
        "update device_delegations set sealed = (select sealed from device_pairings)",
    ]

    @Test("Whoever writes the database can end a delegation, not move it to another wallet", arguments: tampering)
    func database(sql: String) async throws {
        let gate = try await Gate.open()
        let device = try Fixed.wallet(40)
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        _ = try await gate.logIn(Fixed.wallet(2))
        let description = try #require(DeviceDescription(client: "cli", platform: "linux", label: nil))
        let invitation = try await gate.devices.begin(description, wanted: ["wallet:read"])
        _ = try await gate.devices.prove(
            deviceCode: invitation.deviceCode, address: device.address.lowercase,
            signature: device.signature(invitation.message), publicKey: nil)
        _ = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner)
        try await gate.database.write { tx in _ = try tx.execute(sql) }
        let challenge = try gate.devices.challenge(address: device.address.lowercase)
        let refused = try await deviceError {
            try await gate.devices.refresh(
                address: device.address.lowercase, nonce: challenge.nonce,
                signature: device.signature(challenge.message))
        }
        #expect(refused == .signatureInvalid)
        await gate.close()
    }

    @Test("Neither codes nor addresses nor labels stand in the files")
    func files() async throws {
        let gate = try await Gate.open()
        let device = try WalletKey.generate()
        let owner = try await gate.owner(gate.logIn(Fixed.wallet()).token)
        let description = try #require(
            DeviceDescription(client: "a-client-name", platform: "a-platform", label: "a label"))
        let invitation = try await gate.devices.begin(description, wanted: ["wallet:read"])
        _ = try await gate.devices.prove(
            deviceCode: invitation.deviceCode, address: device.address.lowercase,
            signature: device.signature(invitation.message), publicKey: nil)
        _ = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner)
        let forbidden = [
            invitation.deviceCode, invitation.userCode, invitation.userCode.replacing("-", with: ""), invitation.nonce,
            device.address.lowercase.dropFirst(2).description, device.address.checksummed.dropFirst(2).description,
            "a-client-name", "a-platform", "a label",
        ].map { Data($0.utf8) }
        let files = try gate.folder.contents()
        #expect(files.contains { $0.bytes.range(of: Data("dev_".utf8)) != nil })
        for file in files {
            for bytes in forbidden + [Data(device.address.bytes)] {
                #expect(file.bytes.range(of: bytes) == nil, "\(file.name)")
            }
        }
        await gate.close()
    }
}
