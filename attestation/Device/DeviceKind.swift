/// Which of the kernel's two interfaces a device speaks.
public enum DeviceKind: String, Hashable, Sendable, CaseIterable {
    /// ioctls on a file such as `/dev/sev-guest`.
    case sevGuest = "sev_guest"
    /// Folders below `/sys/kernel/config/tsm/report` (kernel 6.7 or later). Gives no derived keys.
    case configfsTSM = "configfs_tsm"
}
