import Glibc

/// One folder below configfs-tsm's `report`: the state behind its attributes.
struct ReportEntry {
    enum Attribute: UInt64, CaseIterable {
        case inblob = 1
        case outblob
        case auxblob
        case privlevel
        case privlevelFloor
        case provider
        case generation

        var name: String { self == .privlevelFloor ? "privlevel_floor" : "\(self)" }

        var mode: UInt32 { self == .inblob || self == .privlevel ? 0o100200 : 0o100444 }

        /// Binary attributes act when they are closed and drop what goes wrong there.
        var isBinary: Bool { self == .inblob }
    }

    struct Refused: Error {
        let code: CInt
    }

    private var inblob: [UInt8] = []
    private var privlevel: UInt32 = 0
    private var generation: UInt64 = 0
    private var answered: (generation: UInt64, outblob: [UInt8], auxblob: [UInt8])?

    /// What reading an attribute from its start gives. Reports are made on the first read after a write.
    mutating func read(_ attribute: Attribute, _ driver: Driver) throws(Refused) -> [UInt8] {
        let fault = driver.withFirmware { $0.fault }
        switch attribute {
        case .inblob, .privlevel: throw Refused(code: EACCES)
        case .generation: return Array("\(generation)\n".utf8)
        case .privlevelFloor: return Array((fault == .highFloor ? "2\n" : "0\n").utf8)
        case .provider: return Array((fault == .foreignProvider ? "tdx_guest\n" : "sev_guest\n").utf8)
        case .outblob, .auxblob:
            if answered?.generation != generation { try ask(driver) }
            if fault == .interference { generation += 1 }
            return (attribute == .outblob ? answered?.outblob : answered?.auxblob) ?? []
        }
    }

    /// Takes what was written to an attribute.
    mutating func write(_ attribute: Attribute, _ bytes: [UInt8], _ driver: Driver) throws(Refused) {
        switch attribute {
        case .inblob:
            guard bytes.count <= 64 else { throw Refused(code: EINVAL) }
            inblob = bytes
        case .privlevel:
            let text = String(decoding: bytes, as: UTF8.self)
            let floor = driver.withFirmware { $0.fault == .highFloor ? 2 : 0 }
            guard let level = UInt32(text.hasSuffix("\n") ? String(text.dropLast()) : text), level <= 3, level >= floor
            else { throw Refused(code: EINVAL) }
            privlevel = level
        default: throw Refused(code: EACCES)
        }
        generation += 1
    }

    private mutating func ask(_ driver: Driver) throws(Refused) {
        guard inblob.count == 64 else { throw Refused(code: EINVAL) }
        let answer = driver.ask(
            .extendedReport(data: inblob, vmpl: privlevel, space: UInt32(Firmware.maximumTableBytes)))
        guard answer.errorNumber == 0 else { throw Refused(code: answer.errorNumber) }
        guard !answer.response.isEmpty else { throw Refused(code: EIO) }
        switch Little.number(UInt32.self, in: answer.response, at: 0) {
        case 0: break
        case 0x16, 0x27: throw Refused(code: EINVAL)
        default: throw Refused(code: ENXIO)
        }
        let size = Int(Little.number(UInt32.self, in: answer.response, at: 4))
        guard size + 32 <= answer.response.count else { throw Refused(code: EFBIG) }
        let used = ReportEntry.usedBytes(of: answer.certificates)
        answered = (
            generation, Array(answer.response[32..<32 + size]), Array(answer.certificates.prefix(used))
        )
    }

    /// How far a certificate table reaches.
    private static func usedBytes(of table: [UInt8]) -> Int {
        var end = 0
        for start in stride(from: 0, to: table.count - 24, by: 24) {
            let length = Int(Little.number(UInt32.self, in: table, at: start + 20))
            if length == 0 { break }
            end = max(end, Int(Little.number(UInt32.self, in: table, at: start + 16)) + length)
        }
        return end
    }
}
