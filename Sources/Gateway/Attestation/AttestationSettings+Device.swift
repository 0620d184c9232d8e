import Attestation

extension AttestationSettings {
    /// The device that the settings name, behind its queue; nil if they name none.
    func openDevice() throws(DeviceFault) -> DeviceQueue? {
        let selection: DeviceSelection
        switch device {
        case .off: return nil
        case .automatic: selection = .automatic
        case .sevGuest: selection = .forced(.sevGuest)
        case .configfsTSM: selection = .forced(.configfsTSM)
        }
        return try DeviceQueue(
            selection.device(sevGuestPath: sevGuestPath, configFSPath: configFSPath, vmpl: vmpl))
    }

    /// What is said where a device is needed and does not answer.
    static func noDevice(_ fault: DeviceFault) -> GatewayStartError {
        GatewayStartError(
            "\(Setting.sevDevice.name): the device does not answer (\(fault.code)). Is this an SEV-SNP guest "
                + "with the sev-guest driver? Azure's machines have none and are not served.")
    }
}
