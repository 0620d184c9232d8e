public import Cryptography

/// Why a root secret was not sealed, or a sealed copy not opened.
public enum SealingFault: Error, Hashable, Sendable {
    /// A key of this machine would protect nothing.
    case refused(SealingRefusal)
    /// The device gave no report or no key.
    case device(DeviceFault)
    /// The device's report cannot be read.
    case report(ReportFault)
    /// The TPM did not do a step.
    case tpm(TPMFault)
    /// The copy does not open here. `changes` says what is different from when it was sealed; if nothing is, the copy
    /// itself was altered.
    case notOpened(changes: [String])
    /// No place in secret memory.
    case memory(SecretError)

    /// What happened, for the operator.
    public var explanation: String {
        switch self {
        case .refused(let reason): reason.explanation
        case .device(let fault): "the device does not answer (\(fault.code))"
        case .tpm(let fault): "the TPM does not answer as it should (\(fault.text))"
        case .report: "the device's report cannot be read"
        case .notOpened(let changes) where changes.isEmpty:
            "the machine is the one on which it was sealed, so the copy itself was altered"
        case .notOpened(let changes): changes.joined(separator: "; ")
        case .memory: "there is no room in locked memory"
        }
    }
}
