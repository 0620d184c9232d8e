/// A step of the TPM that failed: its name, and the code of the software stack (`tpm2_rc_decode` explains it).
public struct TPMFault: Error, Hashable, Sendable {
    /// The command.
    public let step: String
    /// TSS2_RC.
    public let code: UInt32

    /// For a message.
    public var text: String { "\(step) failed with 0x\(String(code, radix: 16))" }
}
