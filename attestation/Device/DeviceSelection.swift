/// Which device a gateway uses.
public enum DeviceSelection: Hashable, Sendable {
    /// The sev-guest file if its driver answers, because it alone derives keys; configfs otherwise.
    case automatic
    /// This one, or none.
    case forced(DeviceKind)

    /// The device at these paths. Each candidate is tried without asking the firmware for anything. Throws what is
    /// wrong with the forced one, or with the sev-guest file if there is neither.
    public func device(
        sevGuestPath: String = SEVGuestDevice.defaultPath, configFSPath: String = ConfigFSDevice.defaultPath,
        vmpl: UInt32 = 0
    ) throws(DeviceFault) -> any AttestationDevice {
        let sevGuest = SEVGuestDevice(path: sevGuestPath, vmpl: vmpl)
        let configFS = ConfigFSDevice(path: configFSPath, vmpl: vmpl)
        switch self {
        case .forced(.sevGuest):
            try sevGuest.requireDriver()
            return sevGuest
        case .forced(.configfsTSM):
            try configFS.requireDriver()
            return configFS
        case .automatic:
            do throws(DeviceFault) {
                try sevGuest.requireDriver()
                return sevGuest
            } catch {
                if (try? configFS.requireDriver()) != nil { return configFS }
                throw error
            }
        }
    }
}
