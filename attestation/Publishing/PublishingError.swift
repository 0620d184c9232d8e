/// Why evidence cannot be had now.
public enum PublishingError: Error, Hashable, Sendable {
    /// Too many callers wait already. Nothing was asked of the device.
    case busy
    /// The device did not answer as it should.
    case device(DeviceFault)
    /// The device's answer is no report, or one over other data than was asked.
    case unusableReport
    /// No session key is published.
    case noKey
}
