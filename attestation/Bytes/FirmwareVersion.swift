/// The version of the SNP firmware, as people name it.
public struct FirmwareVersion: Hashable, Sendable, CustomStringConvertible {
    /// Of the interface.
    public let major: UInt8
    /// Of the interface.
    public let minor: UInt8
    /// Of the program.
    public let build: UInt8

    /// `1.55.40`
    public var description: String { "\(major).\(minor).\(build)" }
}
