public import Cryptography

/// What a guest asks of its own hardware: a signed report, and keys that only this guest on this machine gets.
///
/// Both calls block, at worst for the minute in which the kernel waits for a throttling host: never call them on an
/// event loop. `DeviceQueue` is the way in for everything that serves requests.
public protocol AttestationDevice: Sendable {
    /// Which interface of the kernel it is.
    var kind: DeviceKind { get }

    /// A report over `data`, and the certificates that the host gave with it.
    func evidence(for data: ReportData) throws(DeviceFault) -> DeviceEvidence

    /// 32 bytes that follow from the chip and from what `request` selects.
    /// Throws `unsupported` where the interface has no such call.
    func derivedKey(_ request: DerivedKeyRequest) throws(DeviceFault) -> Secret
}
