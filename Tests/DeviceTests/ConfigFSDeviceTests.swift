import DeviceSimulation
import AttestationFixtures
import Glibc
import Primitives
import Testing

@testable import Attestation

@Suite("configfs-tsm, by its own files", .serialized)
struct ConfigFSDeviceTests {
    static let faults: [SEVGuestDeviceTests.Expectation] = [
        .init("none", nil),
        .init("empty-table", nil),
        .init("invalid-length", nil),
        .init("vmpl-too-low", .io(.read, errno: EINVAL)),
        .init("busy", .busy),
        .init("throttled", .busy),
        .init("status-16", .io(.read, errno: EINVAL)),
        .init("status-27", .io(.read, errno: EINVAL)),
        .init("table-too-large", .io(.read, errno: EIO)),
        .init("report-size", .malformedAnswer(.reportSize(1183))),
        .init("report-size-0", .malformedAnswer(.reportSize(0))),
        .init("report-size-4000", .io(.read, errno: EFBIG)),
        .init("other-report-data", .malformedAnswer(.otherReportData)),
        .init("foreign-provider", .foreignProvider("tdx_guest")),
        .init("interference", .interfered),
        .init("high-floor", .levelBelowFloor(2)),
        .init("wiped", .keyWiped),
    ]

    @Test func `each fault is told apart, and no folder is left behind`() throws {
        let machine = try SimulatedMachine(["--throttle-milliseconds", "50"])
        let data = try reportData(9)
        for one in Self.faults {
            try machine.tell("fault \(one.fault)")
            #expect(
                fault { () throws(DeviceFault) in try machine.configFS().evidence(for: data) } == one.answer,
                "\(one.fault)")
            #expect(try Self.names(in: machine.configFSPath) == [], "\(one.fault)")
        }
    }

    @Test func `both interfaces give the same certificates`() throws {
        let machine = try SimulatedMachine(["--product", "siena"])
        let data = try reportData(3)
        let here = try machine.configFS().evidence(for: data)
        let there = try machine.sevGuest().evidence(for: data)
        #expect(here.certificates == there.certificates)
        // Two signatures over the same words differ; the words do not.
        #expect(here.report[..<0x2A0] == there.report[..<0x2A0])
    }

    @Test func `a folder of that name which is there already is not used`() throws {
        let machine = try SimulatedMachine()
        let name = "sealgate-" + Hex.encode(SeededRandom(seed: 5).bytes(16))
        try #require(mkdir(machine.configFSPath + "/" + name, 0o700) == 0)
        let device = ConfigFSDevice(path: machine.configFSPath, random: SeededRandom(seed: 5))
        let data = try reportData(1)
        #expect(
            fault { () throws(DeviceFault) in try device.evidence(for: data) } == .io(.mkdir, errno: EEXIST))
        #expect(try Self.names(in: machine.configFSPath) == [name])
        // The second name of the sequence is free.
        #expect(fault { () throws(DeviceFault) in try device.evidence(for: data) } == nil)
    }

    @Test func `callers side by side each get the answer to their own question`() async throws {
        let machine = try SimulatedMachine()
        let device = machine.configFS()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for byte in 0..<16 as Range<UInt8> {
                group.addTask {
                    let data = try reportData(byte)
                    return try device.evidence(for: data).report[0x50..<0x90].elementsEqual(data.bytes)
                }
            }
            for try await isOwn in group { #expect(isOwn) }
        }
    }

    @Test func `a folder that is not configfs is no device`() throws {
        let scratch = try Scratch()
        let data = try reportData(1)
        let plain = ConfigFSDevice(path: try scratch.folder("plain"))
        #expect(
            fault { () throws(DeviceFault) in try plain.evidence(for: data) } == .io(.open, errno: ENOENT))
        #expect(try Self.names(in: scratch.file("plain")) == [])
        let missing = ConfigFSDevice(path: scratch.file("missing"))
        #expect(fault { () throws(DeviceFault) in try missing.evidence(for: data) } == .unavailable(errno: ENOENT))
    }

    /// What lies in a folder.
    static func names(in path: String) throws -> [String] {
        let folder = try #require(opendir(path))
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
