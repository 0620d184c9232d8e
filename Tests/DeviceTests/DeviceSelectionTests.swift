import DeviceSimulation
import Glibc
import Testing

@testable import Attestation

@Suite("Which device is used", .serialized)
struct DeviceSelectionTests {
    @Test func `sev-guest comes first, configfs stands in, and one can be forced`() throws {
        let machine = try SimulatedMachine()
        let plain = try Scratch().file("missing")
        func kind(_ selection: DeviceSelection, _ sevGuest: String, _ configFS: String) throws -> DeviceKind {
            try selection.device(sevGuestPath: sevGuest, configFSPath: configFS).kind
        }
        #expect(try kind(.automatic, machine.sevGuestPath, machine.configFSPath) == .sevGuest)
        #expect(try kind(.automatic, machine.sevGuestPath, plain) == .sevGuest)
        #expect(try kind(.automatic, plain, machine.configFSPath) == .configfsTSM)
        #expect(try kind(.forced(.configfsTSM), machine.sevGuestPath, machine.configFSPath) == .configfsTSM)
        #expect(try kind(.forced(.sevGuest), machine.sevGuestPath, machine.configFSPath) == .sevGuest)
        #expect(throws: DeviceFault.unavailable(errno: ENOENT)) { try kind(.automatic, plain, plain) }
        #expect(throws: DeviceFault.unavailable(errno: ENOENT)) {
            try kind(.forced(.sevGuest), plain, machine.configFSPath)
        }
        #expect(throws: DeviceFault.unavailable(errno: ENOENT)) {
            try kind(.forced(.configfsTSM), machine.sevGuestPath, plain)
        }
        #expect(try machine.calls() == 0, "looking for a device asks the firmware nothing")
        #expect(try ConfigFSDeviceTests.names(in: machine.configFSPath) == [])
    }

    @Test func `a wiped message key does not hide the driver, a foreign provider is none`() throws {
        let machine = try SimulatedMachine(["--fault", "wiped"])
        let missing = try Scratch().file("missing")
        let device = try DeviceSelection.automatic.device(
            sevGuestPath: machine.sevGuestPath, configFSPath: machine.configFSPath)
        #expect(device.kind == .sevGuest)
        try machine.tell("fault foreign-provider")
        #expect(throws: DeviceFault.foreignProvider("tdx_guest")) {
            try DeviceSelection.forced(.configfsTSM).device(
                sevGuestPath: missing, configFSPath: machine.configFSPath)
        }
        #expect(throws: DeviceFault.unavailable(errno: ENOENT)) {
            try DeviceSelection.automatic.device(sevGuestPath: missing, configFSPath: machine.configFSPath)
        }
    }
}
