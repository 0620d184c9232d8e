import DeviceSimulation
import AttestationFixtures
import Glibc
import Testing

@testable import Attestation

@Suite("The firmware's answer is read strictly")
struct ReportAnswerTests {
    private static func answer(status: UInt32 = 0, size: UInt32 = 1184, count: Int = 4000) -> [UInt8] {
        let numbers = [status, size].flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
        let report = (0..<1184).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let bytes = numbers + [UInt8](repeating: 0, count: 24) + report + [UInt8](repeating: 0, count: 4000)
        return Array(bytes[..<count])
    }

    @Test func `a good answer gives the report behind its header`() throws {
        let report = try ReportAnswer(Self.answer()).report
        #expect(report.count == 1184)
        #expect(report[1] == 7)
        #expect(report.last == UInt8(truncatingIfNeeded: 1183 * 7))
    }

    @Test(arguments: [0x16, 0x27, 1, .max] as [UInt32])
    func `a status that is not zero is the firmware's refusal`(status: UInt32) {
        #expect(throws: DeviceFault.firmwareStatus(status)) { try ReportAnswer(Self.answer(status: status)) }
    }

    @Test(arguments: [0, 1183, 1185, 3968, 4000, .max] as [UInt32])
    func `any size but a report's is malformed`(size: UInt32) {
        #expect(throws: DeviceFault.malformedAnswer(.reportSize(Int(size)))) {
            try ReportAnswer(Self.answer(size: size))
        }
    }

    @Test(arguments: [0, 31, 1216, 3999, 4001])
    func `a buffer of another length is not looked into`(count: Int) {
        #expect(throws: DeviceFault.malformedAnswer(.reportSize(count))) {
            try ReportAnswer(Self.answer(count: count))
        }
    }

    @Test func `the recorded answers are judged as they were recorded`() throws {
        let folder = "../shared/vectors/sev-snp/_responses"
        guard access(folder, F_OK) == 0 else { return }
        let good = try ReportAnswer(try Scratch.read(folder + "/report-ok.bin"))
        #expect(good.report.count == 1184)
        for name in [
            "report-status-0x16", "report-status-0x27", "report-size-0", "report-size-4000", "report-size-1183",
        ] {
            let bytes = try Scratch.read("\(folder)/\(name).bin")
            #expect(throws: DeviceFault.self, "\(name)") { try ReportAnswer(bytes) }
        }
    }
}

@Suite("A certificate table is cut to what it uses")
struct TableExtentTests {
    private static let table = FixtureTable([(.vcek, [1, 2, 3]), (.root, [4, 5, 0, 0])]).bytes

    @Test(arguments: [0, 1, 4096, 9000])
    func `the unused rest goes, the contents stay to the last zero`(rest: Int) {
        #expect(TableExtent.used(of: Self.table + [UInt8](repeating: 0, count: rest)) == Self.table)
    }

    @Test func `a buffer that nobody wrote to is an empty table`() {
        #expect(TableExtent.used(of: [UInt8](repeating: 0, count: 16 << 10)) == [])
        #expect(TableExtent.used(of: []) == [])
    }

    @Test func `a table that makes no sense stays whole for its parser`() {
        var outside = Self.table
        outside[20...23] = [0xFF, 0xFF, 0xFF, 0xFF]
        #expect(TableExtent.used(of: outside) == outside)
        let endless = [UInt8](repeating: 1, count: 48)
        #expect(TableExtent.used(of: endless) == endless)
        #expect(TableExtent.used(of: [1, 2, 3]) == [1, 2, 3])
    }
}
