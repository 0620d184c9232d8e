public import Cryptography
public import Primitives

import Glibc

/// The kernel's common interface for confidential guests (Documentation/ABI/testing/configfs-tsm-report).
///
/// Each request has a folder of its own with a name that nobody guesses, and takes it away again. Reports only: derived
/// keys exist behind `SEVGuestDevice` alone.
public struct ConfigFSDevice: AttestationDevice {
    /// Where configfs is mounted on every distribution, and the folder for reports in it.
    public static let defaultPath = "/sys/kernel/config/tsm/report"
    /// The provider whose reports are SEV-SNP's. Others (`tdx_guest`, `arm_cca_guest`) answer in their own formats.
    static let provider = "sev_guest"

    /// `configfsTSM`.
    public let kind = DeviceKind.configfsTSM
    private let path: String
    private let vmpl: UInt32
    private let random: any RandomSource

    /// A device by the path of its folder.
    /// - vmpl: the privilege level that reports shall show, 0 (the highest) to 3.
    /// - random: names the folders of requests.
    public init(path: String = defaultPath, vmpl: UInt32 = 0, random: some RandomSource = SystemRandom()) {
        self.path = path
        self.vmpl = vmpl
        self.random = random
    }

    /// Throws `unavailable` unless the folder takes requests, `foreignProvider` if other hardware answers them.
    public func requireDriver() throws(DeviceFault) {
        try withRequest { _ throws(DeviceFault) in }
    }

    /// A report over `data`, with the host's certificate table.
    public func evidence(for data: ReportData) throws(DeviceFault) -> DeviceEvidence {
        try withRequest { request throws(DeviceFault) in
            let before = try request.number(in: "generation")
            let floor = try request.number(in: "privlevel_floor")
            guard UInt64(vmpl) >= floor else { throw .levelBelowFloor(UInt32(clamping: floor)) }
            try request.write(Array(String(vmpl).utf8), to: "privlevel")
            try request.write(data.bytes, to: "inblob")
            let evidence = DeviceEvidence(
                report: try request.read("outblob"), certificates: try request.read("auxblob"))
            // Two writes of ours: any other count means that the answer may be to somebody else's question.
            guard try request.number(in: "generation") == before &+ 2 else { throw .interfered }
            guard evidence.report.count == DeviceEvidence.reportBytes else {
                throw .malformedAnswer(.reportSize(evidence.report.count))
            }
            guard ReportAnswer.isOver(data, evidence.report) else { throw .malformedAnswer(.otherReportData) }
            return evidence
        }
    }

    /// Throws `unsupported`: the interface has no such call.
    public func derivedKey(_ request: DerivedKeyRequest) throws(DeviceFault) -> Secret {
        throw .unsupported
    }

    private func withRequest<R>(_ body: (ConfigFSRequest) throws(DeviceFault) -> R) throws(DeviceFault) -> R {
        let request = try ConfigFSRequest(in: path, named: "sealgate-" + Hex.encode(random.bytes(16)))
        defer { request.remove() }
        let provider = String(decoding: try request.read("provider"), as: UTF8.self)
        guard provider == ConfigFSDevice.provider + "\n" || provider == ConfigFSDevice.provider else {
            throw .foreignProvider(String(provider.prefix { $0 != "\n" }.prefix(32)))
        }
        return try body(request)
    }
}
