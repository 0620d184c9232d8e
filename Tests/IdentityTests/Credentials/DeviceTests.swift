import Cryptography
import Database
import Ethereum
import Foundation
import Primitives
import Testing

@testable import Identity

@Suite("Paired devices")
struct DeviceTests {
    static let deviceNumber: UInt8 = 40

    private func description() throws -> DeviceDescription {
        try #require(DeviceDescription(client: "cli", platform: "linux", label: "build box"))
    }

    /// A pairing whose device has shown its signature.
    private func verified(_ gate: Gate, wanted: [String]? = ["wallet:read"]) async throws -> DeviceInvitation {
        let invitation = try await gate.devices.begin(description(), wanted: wanted)
        let device = try Fixed.wallet(DeviceTests.deviceNumber)
        _ = try await gate.devices.prove(
            deviceCode: invitation.deviceCode, address: device.address.checksummed,
            signature: device.signature(invitation.message), publicKey: nil)
        return invitation
    }

    private func owner(_ gate: Gate, _ number: UInt8 = 1) async throws -> CredentialOwner {
        try await gate.owner(gate.logIn(Fixed.wallet(number)).token)
    }

    private func refresh(_ gate: Gate, signer: UInt8 = deviceNumber) async throws -> DeviceGrant {
        let address = try Fixed.address(DeviceTests.deviceNumber).checksummed
        let challenge = try gate.devices.challenge(address: address)
        return try await gate.devices.refresh(
            address: address, nonce: challenge.nonce,
            signature: Fixed.wallet(signer).signature(challenge.message))
    }

    @Test("A device is paired, gets its owner's session with what was granted, and renews it by its own signature")
    func journey() async throws {
        let gate = try await Gate.open()
        let invitation = try await gate.devices.begin(description(), wanted: ["wallet:*", "agents:chat"])
        #expect(invitation.userCode.wholeMatch(of: /[A-Z0-9]{4}-[A-Z0-9]{4}/) != nil)
        #expect(try await gate.devices.collect(deviceCode: invitation.deviceCode) == nil)
        let device = try Fixed.wallet(DeviceTests.deviceNumber)
        #expect(invitation.message.contains(Gate.origin) && invitation.message.contains(invitation.nonce))
        let proved = try await gate.devices.prove(
            deviceCode: invitation.deviceCode, address: device.address.lowercase,
            signature: device.signature(invitation.message), publicKey: nil)
        #expect(proved == device.address)
        #expect(try await gate.devices.collect(deviceCode: invitation.deviceCode) == nil)
        let owner = try await owner(gate)
        let approved = try await gate.devices.approve(
            userCode: invitation.userCode.lowercased().replacing("-", with: " "), scopes: ["wallet:read"], by: owner)
        #expect(approved.device == device.address)
        #expect(approved.delegationExpiresAt == Gate.start.adding(seconds: Delegation.defaultLifetimeSeconds))
        let grant = try #require(try await gate.devices.collect(deviceCode: invitation.deviceCode))
        #expect(try await gate.devices.collect(deviceCode: invitation.deviceCode)?.expiresAt == grant.expiresAt)
        #expect(grant.scopes.map(\.text) == ["wallet:read"])
        for token in [grant.token, try await refresh(gate).token] {
            let principal = try await gate.authenticator.authenticate(bearer: token)
            #expect(principal.address == (try Fixed.address(1)))
            #expect(principal.kind == .device)
            #expect(principal.rights == .only([try #require(Permission("wallet:read"))]))
            #expect(!principal.isLogin)
        }
        let listed = try await gate.credentials().devices(of: owner)
        #expect(listed.map(\.delegation.address) == [device.address])
        #expect(listed.map(\.delegation.description.label) == ["build box"])
        await gate.close()
    }

    @Test("A key in a secure element signs by P-256; its public key is taken in each usual spelling")
    func secureElement() async throws {
        let gate = try await Gate.open()
        let key = ES256PrivateKey.generate()
        let point = key.publicKey.point
        let info = try #require(Hex.decode("3059301306072a8648ce3d020106082a8648ce3d030107034200")) + point
        let address = try Fixed.address(DeviceTests.deviceNumber).lowercase
        for text in [
            Base64.encode(info), Base64.encodeURL(info), Hex.encode(info), "0x" + Hex.encode(point),
            Base64.encode(point),
        ] {
            let invitation = try await gate.devices.begin(description(), wanted: ["wallet:read"])
            let der = P256Der.signature(key.sign(Array(invitation.message.utf8)))
            for bad in [Array(der.dropLast()), der + [0], P256Der.signature(key.sign([1]))] {
                let refused = try await deviceError {
                    try await gate.devices.prove(
                        deviceCode: invitation.deviceCode, address: address, signature: Base64.encode(bad),
                        publicKey: text)
                }
                #expect(refused == .signatureInvalid)
            }
            _ = try await gate.devices.prove(
                deviceCode: invitation.deviceCode, address: address, signature: Base64.encode(der), publicKey: text)
            _ = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner(gate))
            let challenge = try gate.devices.challenge(address: address)
            let grant = try await gate.devices.refresh(
                address: address, nonce: challenge.nonce,
                signature: Hex.encode(P256Der.signature(key.sign(Array(challenge.message.utf8)))))
            #expect(grant.wallet == (try Fixed.address(1)))
        }
        // The wallet whose address such a device took for its name cannot speak for it.
        #expect(try await deviceError { try await refresh(gate) } == .signatureInvalid)
        await gate.close()
    }

    @Test("However many keys take a device's address for their name, it gets its session", arguments: [true, false])
    func crowding(isWallet: Bool) async throws {
        let gate = try await Gate.open()
        let address = try Fixed.address(DeviceTests.deviceNumber).lowercase
        func pair(_ key: ES256PrivateKey, by owner: CredentialOwner) async throws {
            let invitation = try await gate.devices.begin(description(), wanted: ["wallet:read"])
            _ = try await gate.devices.prove(
                deviceCode: invitation.deviceCode, address: address,
                signature: Hex.encode(P256Der.signature(key.sign(Array(invitation.message.utf8)))),
                publicKey: Hex.encode(key.publicKey.point))
            _ = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner)
        }
        func crowd() async throws {
            for number: UInt8 in [2, 3, 4] {
                let intruder = try await owner(gate, number)
                for _ in 0..<DeviceTables.maximumDevices { try await pair(.generate(), by: intruder) }
            }
        }
        if isWallet {
            try await crowd()
            gate.clock.advance(seconds: 1)
            let invitation = try await verified(gate)
            _ = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner(gate))
            #expect(try await refresh(gate).wallet == (try Fixed.address(1)))
        } else {
            let key = ES256PrivateKey.generate()
            try await pair(key, by: owner(gate))
            gate.clock.advance(seconds: 1)
            try await crowd()
            let challenge = try gate.devices.challenge(address: address)
            let grant = try await gate.devices.refresh(
                address: address, nonce: challenge.nonce,
                signature: Hex.encode(P256Der.signature(key.sign(Array(challenge.message.utf8)))))
            #expect(grant.wallet == (try Fixed.address(1)))
        }
        await gate.close()
    }

    @Test(
        "What is no P-256 key is refused",
        arguments: ["", "AAAA", "04" + String(repeating: "00", count: 64), String(repeating: "A", count: 201), "pem"])
    func malformedKeys(text: String) async throws {
        let gate = try await Gate.open()
        let invitation = try await gate.devices.begin(description(), wanted: nil)
        let refused = try await deviceError {
            try await gate.devices.prove(
                deviceCode: invitation.deviceCode, address: Fixed.address().lowercase, signature: "00", publicKey: text)
        }
        #expect(refused == .malformedKey)
        await gate.close()
    }

    @Test("Another signer, another gateway's text, another pairing's text: no proof")
    func proofs() async throws {
        let gate = try await Gate.open()
        let elsewhere = try await Gate.open(origin: "https://evil.example")
        let device = try Fixed.wallet(DeviceTests.deviceNumber)
        let invitation = try await gate.devices.begin(description(), wanted: nil)
        let other = try await gate.devices.begin(description(), wanted: nil)
        let relayed = invitation.message.replacing(Gate.origin, with: "https://evil.example")
        for signature in [
            try Fixed.wallet(2).signature(invitation.message), device.signature(other.message),
            device.signature(relayed), device.signature(invitation.message + "\n"), "0x", "",
            Fixed.highS(device.sign(personalMessage: Array(invitation.message.utf8))),
        ] {
            let refused = try await deviceError {
                try await gate.devices.prove(
                    deviceCode: invitation.deviceCode, address: device.address.lowercase, signature: signature,
                    publicKey: nil)
            }
            #expect(refused == .signatureInvalid)
        }
        let unknown = try await deviceError {
            try await elsewhere.devices.prove(
                deviceCode: invitation.deviceCode, address: device.address.lowercase,
                signature: device.signature(invitation.message), publicKey: nil)
        }
        #expect(unknown == .unknownPairing)
        await gate.close()
        await elsewhere.close()
    }

    @Test("Nobody takes over a pairing: not with another key once one was shown, not after the approval")
    func takeover() async throws {
        let gate = try await Gate.open()
        let invitation = try await verified(gate)
        let intruder = try Fixed.wallet(41)
        func prove(_ key: WalletKey) async throws -> DeviceError? {
            try await deviceError {
                try await gate.devices.prove(
                    deviceCode: invitation.deviceCode, address: key.address.lowercase,
                    signature: key.signature(invitation.message), publicKey: nil)
            }
        }
        #expect(try await prove(intruder) == .alreadySettled)
        #expect(try await prove(Fixed.wallet(DeviceTests.deviceNumber)) == nil)
        _ = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner(gate))
        #expect(try await prove(Fixed.wallet(DeviceTests.deviceNumber)) == .alreadySettled)
        let twice = try await deviceError {
            try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner(gate, 2))
        }
        #expect(twice == .alreadySettled)
        #expect(try await gate.count("device_delegations") == 1)
        await gate.close()
    }

    @Test("Only a login approves: no API key, no wallet token, no device")
    func logins() async throws {
        let gate = try await Gate.open()
        let invitation = try await verified(gate)
        let key = try await gate.apiKey(["devices:*", "*:*"])
        let first = try await verified(gate)
        _ = try await gate.devices.approve(userCode: first.userCode, scopes: nil, by: owner(gate))
        let device = try #require(try await gate.devices.collect(deviceCode: first.deviceCode))
        for token in [key.text, device.token] {
            let refused = try await deviceError {
                try await gate.devices.approve(
                    userCode: invitation.userCode, scopes: nil, by: gate.owner(token))
            }
            #expect(refused == .loginRequired)
        }
        await gate.close()
    }

    @Test(
        "A device gets what it asked for or less, and never a list that clients would read as everything",
        arguments: [
            (["wallet:read"], nil, ["wallet:read"]), (["wallet:*"], ["wallet:read"], ["wallet:read"]),
            (nil, ["agents:chat"], ["agents:chat"]),
        ] as [([String]?, [String]?, [String])])
    func scopes(wanted: [String]?, granted: [String]?, expected: [String]) async throws {
        let gate = try await Gate.open()
        let invitation = try await verified(gate, wanted: wanted)
        let approved = try await gate.devices.approve(
            userCode: invitation.userCode, scopes: granted, by: owner(gate))
        #expect(approved.scopes.map(\.text) == expected)
        await gate.close()
    }

    @Test(
        "More than was asked for, nothing at all, and what is no permission are refused",
        arguments: [
            (["wallet:read"], ["wallet:*"], .scopesTooWide), (["*:*"], ["apikeys:write"], .scopesTooWide),
            (["wallet:read"], [], .scopesMissing), (nil, nil, .scopesMissing), ([], nil, .scopesMissing),
            (nil, ["wallet"], .malformed), (nil, Array(repeating: "a:b", count: 17), .malformed),
        ] as [([String]?, [String]?, DeviceError)])
    func scopesRefused(wanted: [String]?, granted: [String]?, expected: DeviceError) async throws {
        let gate = try await Gate.open()
        let invitation = try await verified(gate, wanted: wanted)
        let refused = try await deviceError {
            try await gate.devices.approve(userCode: invitation.userCode, scopes: granted, by: owner(gate))
        }
        #expect(refused == expected)
        #expect(try await gate.devices.collect(deviceCode: invitation.deviceCode) == nil)
        await gate.close()
    }

    @Test("A delegation lasts a minute to thirty days", arguments: [59, 60, 2_592_000, 2_592_001])
    func lifetime(seconds: Int64) async throws {
        let gate = try await Gate.open()
        let invitation = try await verified(gate)
        let isGood = (60...2_592_000).contains(seconds)
        let refused = try await deviceError {
            try await gate.devices.approve(
                userCode: invitation.userCode, scopes: nil, lifetimeSeconds: seconds, by: owner(gate))
        }
        #expect(refused == (isGood ? nil : .malformed))
        if isGood {
            gate.clock.advance(seconds: seconds - 1)
            let last = try await refresh(gate)
            #expect(last.expiresAt == last.delegationExpiresAt)
            gate.clock.advance(seconds: 1)
            #expect(await refusal(gate, last.token) == .expired)
            #expect(try await deviceError { try await refresh(gate) } == .signatureInvalid)
        }
        await gate.close()
    }

    @Test("A pairing ends after ten minutes in every state", arguments: [599, 600])
    func pairingExpiry(seconds: Int64) async throws {
        let gate = try await Gate.open()
        let pending = try await gate.devices.begin(description(), wanted: nil)
        let waiting = try await verified(gate)
        let approved = try await verified(gate)
        _ = try await gate.devices.approve(userCode: approved.userCode, scopes: nil, by: owner(gate))
        gate.clock.advance(seconds: seconds)
        for invitation in [pending, waiting, approved] {
            let refused = try await deviceError { try await gate.devices.collect(deviceCode: invitation.deviceCode) }
            #expect(refused == (seconds < 600 ? nil : .unknownPairing))
        }
        let late = try await deviceError {
            try await gate.devices.approve(userCode: waiting.userCode, scopes: nil, by: owner(gate))
        }
        #expect(late == (seconds < 600 ? nil : .unknownUserCode))
        await gate.close()
    }

    @Test("After ten user codes that are none a wallet waits ten minutes; another does not")
    func attempts() async throws {
        let gate = try await Gate.open()
        let owner = try await owner(gate)
        let invitation = try await verified(gate)
        func approve(_ code: String, _ owner: CredentialOwner) async throws -> DeviceError? {
            try await deviceError { try await gate.devices.approve(userCode: code, scopes: nil, by: owner) }
        }
        for _ in 0..<10 { #expect(try await approve("AAAA-AAAA", owner) == .unknownUserCode) }
        #expect(try await approve("AAAA-AAAA", owner) == .tooManyAttempts)
        #expect(try await approve(invitation.userCode, owner) == .tooManyAttempts)
        gate.clock.advance(seconds: 599)
        #expect(try await approve(invitation.userCode, owner) == .tooManyAttempts)
        gate.clock.advance(seconds: 1)
        let again = try await verified(gate)
        #expect(try await approve(again.userCode, owner) == nil)
        let third = try await verified(gate)
        #expect(try await approve(third.userCode, self.owner(gate, 2)) == nil)
        await gate.close()
    }

    @Test("A challenge is good once, for its device, for five minutes")
    func challenges() async throws {
        let gate = try await Gate.open()
        let invitation = try await verified(gate)
        _ = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner(gate))
        let device = try Fixed.wallet(DeviceTests.deviceNumber)
        let challenge = try gate.devices.challenge(address: device.address.lowercase)
        func answer(_ challenge: DevicePairing.Challenge, by key: WalletKey) async throws -> DeviceError? {
            try await deviceError {
                try await gate.devices.refresh(
                    address: key.address.lowercase, nonce: challenge.nonce,
                    signature: key.signature(challenge.message))
            }
        }
        #expect(try await answer(challenge, by: Fixed.wallet(41)) == .challengeExpired)
        #expect(try await answer(challenge, by: device) == nil)
        #expect(try await answer(challenge, by: device) == .challengeExpired)
        let login = try gate.login.challenge(wallet: device.address.lowercase)
        let foreign = DevicePairing.Challenge(
            nonce: login.nonce, message: login.message, expiresAt: login.expiresAt, device: device.address)
        #expect(try await answer(foreign, by: device) == .challengeExpired)
        let late = try gate.devices.challenge(address: device.address.lowercase)
        gate.clock.advance(seconds: 300)
        #expect(try await answer(late, by: device) == .challengeExpired)
        // A device that nobody paired gets the answer of one that signs wrongly.
        let stranger = try gate.devices.challenge(address: Fixed.address(41).lowercase)
        #expect(try await answer(stranger, by: Fixed.wallet(41)) == .signatureInvalid)
        #expect(try await deviceError { try await refresh(gate, signer: 41) } == .signatureInvalid)
        await gate.close()
    }

    @Test("A revoked device is out at once: its sessions, its renewal, its pairing")
    func revocation() async throws {
        for everything in [false, true] {
            let gate = try await Gate.open()
            let log = EndedLog()
            let invitation = try await verified(gate)
            let owner = try await owner(gate)
            _ = try await gate.devices.approve(userCode: invitation.userCode, scopes: nil, by: owner)
            let first = try #require(try await gate.devices.collect(deviceCode: invitation.deviceCode))
            let second = try await refresh(gate)
            for grant in [first, second] { #expect(await refusal(gate, grant.token) == nil) }
            let credentials = gate.credentials(log: log)
            let listed = try await credentials.devices(of: owner)
            let id = try #require(listed.first?.delegation.id)
            let stranger = try await self.owner(gate, 2)
            #expect(try await deviceError { try await credentials.revokeDevice(id, by: stranger) } == .unknownDevice)
            if everything {
                var scope = Credentials.RevocationScope()
                scope.keepsCurrent = true
                #expect(try await credentials.revokeAll(scope, by: owner).devices == 1)
            } else {
                try await credentials.revokeDevice(id, by: owner)
                #expect(log.all.count == 1)
            }
            for grant in [first, second] { #expect(await refusal(gate, grant.token) == .revoked) }
            #expect(try await deviceError { try await refresh(gate) } == .signatureInvalid)
            let gone = try await deviceError { try await gate.devices.collect(deviceCode: invitation.deviceCode) }
            #expect(gone == .unknownPairing)
            #expect(try await credentials.devices(of: owner) == [])
            await gate.close()
        }
    }
}

/// The DeviceError that `body` throws, nil if it throws none.
func deviceError(_ body: () async throws -> some Any) async throws -> DeviceError? {
    do {
        _ = try await body()
        return nil
    } catch let error as DeviceError {
        return error
    }
}

/// DER of r || s, as platforms outside of JOSE write it.
enum P256Der {
    static func signature(_ raw: [UInt8]) -> [UInt8] {
        let body = integer(raw.prefix(32)) + integer(raw.suffix(32))
        return [0x30, UInt8(body.count)] + body
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let magnitude = Array(bytes.drop { $0 == 0 })
        let padded = (magnitude.first ?? 0x80) >= 0x80 ? [0] + magnitude : magnitude
        return [0x02, UInt8(padded.count)] + padded
    }
}
