import DeviceSimulation
import Testing

@testable import Attestation

extension SimulatedMachine {
    func sevGuest(vmpl: UInt32 = 0, certificateBytes: Int? = SEVGuestDevice.maximumCertificateBytes) -> SEVGuestDevice {
        SEVGuestDevice(path: sevGuestPath, vmpl: vmpl, certificateBytes: certificateBytes)
    }

    func configFS(vmpl: UInt32 = 0) -> ConfigFSDevice { ConfigFSDevice(path: configFSPath, vmpl: vmpl) }

    /// Either device.
    func device(_ kind: DeviceKind, vmpl: UInt32 = 0) -> any AttestationDevice {
        switch kind {
        case .sevGuest: sevGuest(vmpl: vmpl)
        case .configfsTSM: configFS(vmpl: vmpl)
        }
    }
}

/// What a call throws; nil if it throws nothing.
func fault<R>(of body: () throws(DeviceFault) -> R) -> DeviceFault? {
    do throws(DeviceFault) {
        _ = try body()
        return nil
    } catch {
        return error
    }
}

/// REPORT_DATA that is 64 times the same byte.
func reportData(_ byte: UInt8) throws -> ReportData {
    try #require(ReportData([UInt8](repeating: byte, count: 64)))
}
