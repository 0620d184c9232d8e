/// What the launch measurement covers, as the operator says who knows how the machine is launched. The report cannot
/// tell: a provider's firmware and a whole image both give 48 bytes.
public enum MeasurementScope: String, Hashable, Sendable, CaseIterable {
    /// Firmware, kernel, initrd and command line, with the root file system behind them (direct boot, dm-verity).
    case image
    /// The provider's firmware alone, as on Google Cloud and AWS: every customer's image has the same measurement.
    case firmware
}
