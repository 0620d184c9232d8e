import DeviceSimulation
import Cryptography
import Testing

@testable import Attestation

@Suite("A derived key depends on what was selected, and on nothing else", .serialized)
struct DerivedKeyTests {
    typealias Fields = DerivedKeyRequest.Fields

    private static func key(_ device: SEVGuestDevice, _ request: DerivedKeyRequest) throws -> [UInt8] {
        let key = try device.derivedKey(request)
        #expect(key.count == 32)
        return key.withBytes { Array($0) }
    }

    /// What changes on the machine, and which selected fields see it.
    static let changes: [(command: String, seenBy: Fields)] = [
        ("measurement provider", .measurement), ("policy 720927", .policy),
    ]

    @Test func `a change shows in the keys that selected it`() throws {
        for (command, seenBy) in Self.changes {
            let machine = try SimulatedMachine()
            let device = machine.sevGuest()
            let requests = [Fields.measurement, .policy, [.measurement, .policy], []].map {
                DerivedKeyRequest(fields: $0)
            }
            let before = try requests.map { try Self.key(device, $0) }
            #expect(Set(before).count == requests.count)
            #expect(before == (try requests.map { try Self.key(device, $0) }))
            try machine.tell(command)
            for (request, old) in zip(requests, before) {
                let isSame = try Self.key(device, request) == old
                #expect(isSame == request.fields.isDisjoint(with: seenBy), "\(command)")
            }
        }
    }

    @Test func `another chip or another firmware gives another key, a new launch the same one`() throws {
        let machine = try SimulatedMachine()
        let device = machine.sevGuest()
        let request = DerivedKeyRequest()
        let here = try Self.key(device, request)
        try machine.tell("restart")
        #expect(try Self.key(device, request) == here)
        try machine.tell("host second")
        let there = try Self.key(device, request)
        #expect(there != here)
        try machine.tell("host first")
        #expect(try Self.key(device, request) == here)
        try machine.tell("tcb snp=28")
        #expect(try Self.key(device, request) != here)
    }

    @Test func `a VLEK host gives every chip the same key, a launch root a new one each time`() throws {
        let machine = try SimulatedMachine(["--kind", "vlek"])
        let device = machine.sevGuest()
        let here = try Self.key(device, DerivedKeyRequest())
        try machine.tell("host second")
        #expect(try Self.key(device, DerivedKeyRequest()) == here)
        let launch = DerivedKeyRequest(root: .migrationKey)
        let first = try Self.key(device, launch)
        #expect(try Self.key(device, launch) == first)
        try machine.tell("restart")
        #expect(try Self.key(device, launch) != first)
    }

    @Test func `level, security version and TCB are mixed in, and not above the guest's own`() throws {
        let machine = try SimulatedMachine(["--product", "milan"])
        let device = machine.sevGuest()
        let committed: UInt64 = 222 << 56 | 27 << 48 | 4
        let requests: [DerivedKeyRequest] = [
            DerivedKeyRequest(), DerivedKeyRequest(vmpl: 1),
            DerivedKeyRequest(fields: [.measurement, .policy, .guestSVN], guestSVN: 1),
            DerivedKeyRequest(fields: [.measurement, .policy, .guestSVN], guestSVN: 2),
            DerivedKeyRequest(fields: [.measurement, .policy, .tcbVersion], tcbVersion: committed),
            DerivedKeyRequest(fields: [.measurement, .policy, .tcbVersion], tcbVersion: committed - 1),
            DerivedKeyRequest(fields: [.measurement, .policy, .imageID]),
            DerivedKeyRequest(fields: [.measurement, .policy, .familyID]),
        ]
        #expect(Set(try requests.map { try Self.key(device, $0) }).count == requests.count)
        for refused in [
            DerivedKeyRequest(fields: .guestSVN, guestSVN: 3),
            DerivedKeyRequest(fields: .tcbVersion, tcbVersion: committed + 1),
            DerivedKeyRequest(fields: Fields(rawValue: 1 << 6)), DerivedKeyRequest(vmpl: 4),
        ] {
            #expect(
                fault { () throws(DeviceFault) in try device.derivedKey(refused) } == .firmwareStatus(0x16))
        }
    }

    @Test(arguments: [
        ("status-27", DeviceFault.firmwareStatus(0x27)), ("busy", .busy), ("hypervisor-error", .hypervisor(3)),
        ("wiped", .keyWiped),
    ])
    func `a fault gives no key`(name: String, expected: DeviceFault) throws {
        let machine = try SimulatedMachine(["--fault", name])
        #expect(
            fault { () throws(DeviceFault) in try machine.sevGuest().derivedKey(DerivedKeyRequest()) } == expected)
    }

    @Test func `configfs has no derived keys`() throws {
        let machine = try SimulatedMachine()
        #expect(
            fault { () throws(DeviceFault) in try machine.configFS().derivedKey(DerivedKeyRequest()) }
                == .unsupported)
        #expect(try machine.calls() == 0)
    }
}
