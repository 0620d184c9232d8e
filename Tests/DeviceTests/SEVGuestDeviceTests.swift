import DeviceSimulation
import AttestationFixtures
import Cryptography
import Glibc
import Primitives
import Testing

@testable import Attestation

@Suite("The sev-guest driver, by its own ioctls", .serialized)
struct SEVGuestDeviceTests {
    @Test(arguments: FixtureProduct.allCases, ["vcek", "vlek"])
    func `every product gives a report over what was asked, with its certificates`(
        product: FixtureProduct, kind: String
    ) throws {
        let machine = try SimulatedMachine(["--product", product.rawValue, "--kind", kind])
        let data = try #require(ReportData(SystemRandom().bytes(64)))
        let root = try Scratch.read(machine.rootPath)
        let judge = try OpenSSLJudge()
        for device in DeviceKind.allCases.map({ machine.device($0) }) {
            let evidence = try device.evidence(for: data)
            #expect(Array(evidence.report[0x50..<0x90]) == data.bytes)
            #expect(evidence.report[0x30..<0x34].allSatisfy { $0 == 0 })
            let table = readTable(evidence.certificates)
            let vek = try #require(table[kind == "vcek" ? .vcek : .vlek])
            let intermediate = try #require(table[.intermediate])
            #expect(table[.root] == root)
            #expect(try judge.accepts(vek: vek, intermediate: intermediate, root: root, at: SystemClock().now()))
            #expect(try judge.accepts(report: evidence.report, vek: vek))
            if kind == "vcek" {
                let chip = FixtureEvidence.chip(named: "first").prefix(product.chipIDBytes)
                #expect(evidence.report[0x1A0..<0x1E0].starts(with: chip))
            }
        }
    }

    struct Expectation: Sendable {
        let fault: String
        let answer: DeviceFault?

        init(_ fault: String, _ answer: DeviceFault?) {
            self.fault = fault
            self.answer = answer
        }
    }

    static let faults: [Expectation] = [
        Expectation("none", nil),
        Expectation("vmpl-too-low", .firmwareStatus(0x16)),
        Expectation("busy", .busy),
        Expectation("throttled", .busy),
        Expectation("invalid-length", nil),
        Expectation("invalid-length-quiet", nil),
        Expectation("invalid-length-for-ever", .malformedAnswer(.certificateLength(16 << 10))),
        Expectation("table-too-large", .certificatesTooLarge(bytes: 20 << 10)),
        Expectation("empty-table", nil),
        Expectation("status-16", .firmwareStatus(0x16)),
        Expectation("status-27", .firmwareStatus(0x27)),
        Expectation("report-size", .malformedAnswer(.reportSize(1183))),
        Expectation("report-size-0", .malformedAnswer(.reportSize(0))),
        Expectation("report-size-4000", .malformedAnswer(.reportSize(4000))),
        Expectation("other-report-data", .malformedAnswer(.otherReportData)),
        Expectation("wiped", .keyWiped),
    ]

    @Test func `each fault of firmware, host and driver is told apart, and passes when it passes`() throws {
        let machine = try SimulatedMachine(["--throttle-milliseconds", "50"])
        let data = try reportData(9)
        for space in [4096, SEVGuestDevice.maximumCertificateBytes] {
            for one in Self.faults {
                try machine.tell("fault \(one.fault)")
                let device = machine.sevGuest(certificateBytes: space)
                #expect(
                    fault { () throws(DeviceFault) in try device.evidence(for: data) } == one.answer, "\(one.fault)")
            }
        }
        try machine.tell("fault none")
        #expect(fault { () throws(DeviceFault) in try machine.sevGuest().evidence(for: data) } == nil)
    }

    @Test func `a table that does not fit is asked for once more, in the size that the host names`() throws {
        let machine = try SimulatedMachine()
        let data = try reportData(1)
        let whole = try machine.sevGuest().evidence(for: data).certificates
        #expect(try machine.calls() == 1)
        #expect(try machine.sevGuest(certificateBytes: 4096).evidence(for: data).certificates == whole)
        #expect(try machine.calls() == 3)
        try machine.tell("fault invalid-length-quiet")
        #expect(try machine.sevGuest(certificateBytes: 4096).evidence(for: data).certificates == whole)
        #expect(try machine.calls() == 5)
        #expect(readTable(whole).count == 3)
    }

    @Test func `a host without certificates gives an empty table, and a plain report has none`() throws {
        let machine = try SimulatedMachine(["--table", "empty"])
        #expect(try machine.sevGuest().evidence(for: reportData(1)).certificates == [])
        try machine.tell("table full")
        #expect(try !machine.sevGuest().evidence(for: reportData(1)).certificates.isEmpty)
        #expect(try machine.sevGuest(certificateBytes: nil).evidence(for: reportData(1)).certificates == [])
    }

    @Test(arguments: [("hypervisor-error", DeviceFault.hypervisor(3)), ("firmware-error", .firmwareError(0x0A))])
    func `a failure that wipes the message key is told as it is, then as the wiped key`(
        name: String, first: DeviceFault
    ) throws {
        let machine = try SimulatedMachine(["--fault", name])
        let device = machine.sevGuest()
        let data = try reportData(1)
        #expect(fault { () throws(DeviceFault) in try device.evidence(for: data) } == first)
        try machine.tell("fault none")
        #expect(fault { () throws(DeviceFault) in try device.evidence(for: data) } == .keyWiped)
        #expect(fault { () throws(DeviceFault) in try device.derivedKey(DerivedKeyRequest()) } == .keyWiped)
        #expect(fault { () throws(DeviceFault) in try device.requireDriver() } == nil)
        #expect(fault { () throws(DeviceFault) in try machine.configFS().evidence(for: data) } == .keyWiped)
        try machine.tell("restart")
        #expect(fault { () throws(DeviceFault) in try device.evidence(for: data) } == nil)
    }

    @Test func `the report shows the privilege level that was asked for, never one above the guest's own`() throws {
        let machine = try SimulatedMachine()
        for level in 0...3 as ClosedRange<UInt32> {
            #expect(try machine.sevGuest(vmpl: level).evidence(for: reportData(1)).report[0x30] == UInt8(level))
            #expect(try machine.configFS(vmpl: level).evidence(for: reportData(1)).report[0x30] == UInt8(level))
        }
        try machine.tell("vmpl 2")
        let data = try reportData(1)
        for level in 0...3 as ClosedRange<UInt32> {
            let refusal = fault { () throws(DeviceFault) in try machine.sevGuest(vmpl: level).evidence(for: data) }
            #expect(refusal == (level < 2 ? .firmwareStatus(0x16) : nil))
        }
    }

    @Test func `what is not the driver is not taken for one`() throws {
        let scratch = try Scratch()
        let data = try reportData(1)
        let plain = SEVGuestDevice(path: try scratch.write("plain"))
        let missing = SEVGuestDevice(path: scratch.file("missing"))
        for (device, code) in [(plain, ENOTTY), (missing, ENOENT)] {
            #expect(fault { () throws(DeviceFault) in try device.requireDriver() } == .unavailable(errno: code))
            #expect(fault { () throws(DeviceFault) in try device.evidence(for: data) } == .unavailable(errno: code))
            #expect(
                fault { () throws(DeviceFault) in try device.derivedKey(DerivedKeyRequest()) }
                    == .unavailable(errno: code))
        }
    }

    @Test func `a simulator that was killed leaves no device, and the next one cleans up`() throws {
        let first = try SimulatedMachine()
        let data = try reportData(1)
        first.kill()
        #expect(
            fault { () throws(DeviceFault) in try first.sevGuest().evidence(for: data) }
                == .unavailable(errno: ENOTCONN))
        #expect(
            fault { () throws(DeviceFault) in try first.configFS().evidence(for: data) }
                == .unavailable(errno: ENOTCONN))
        let second = try SimulatedMachine(in: first.scratch)
        #expect(fault { () throws(DeviceFault) in try second.sevGuest().evidence(for: data) } == nil)
        second.stop()
        #expect(
            fault { () throws(DeviceFault) in try second.sevGuest().evidence(for: data) }
                == .unavailable(errno: ENOTTY))
    }
}
