import Glibc

/// How an ioctl ended: what the call returned, and what firmware and hypervisor said in `exitinfo2`.
struct GuestOutcome: Hashable, Sendable {
    /// What that means for the caller.
    enum Meaning: Hashable, Sendable {
        /// There is an answer to read.
        case answered
        /// The certificates need a larger buffer.
        case bufferTooShort
        /// The driver has no message key, or there is no driver at all: both say ENOTTY.
        case keyOrDriverMissing
        /// It failed.
        case failed(DeviceFault)
    }

    /// VMM error: the certificate buffer is too small (SNP_GUEST_VMM_ERR_INVALID_LEN).
    static let invalidLength: UInt32 = 1
    /// VMM error: the host throttles (SNP_GUEST_VMM_ERR_BUSY).
    static let busy: UInt32 = 2
    /// What the driver puts into the firmware error before the firmware was asked.
    static let noFirmwareCall: UInt32 = 0xFF

    /// 0, or errno of the failed call.
    let errorNumber: CInt
    /// exitinfo2: the firmware's error in the low half, the hypervisor's in the high half.
    let exitInfo: UInt64

    var firmwareError: UInt32 { UInt32(truncatingIfNeeded: exitInfo) }
    var hypervisorError: UInt32 { UInt32(truncatingIfNeeded: exitInfo >> 32) }

    /// Some kernels return 0 and tell the hypervisor's error only in `exitinfo2`, so that is looked at first.
    var meaning: Meaning {
        if hypervisorError == GuestOutcome.invalidLength { return .bufferTooShort }
        if errorNumber == 0 && (exitInfo == 0 || exitInfo == UInt64(GuestOutcome.noFirmwareCall)) { return .answered }
        if errorNumber == ENOTTY { return .keyOrDriverMissing }
        if hypervisorError == GuestOutcome.busy { return .failed(.busy) }
        if [ETIMEDOUT, EBUSY, EAGAIN].contains(errorNumber) { return .failed(.busy) }
        if hypervisorError != 0 { return .failed(.hypervisor(hypervisorError)) }
        if firmwareError != 0 && firmwareError != GuestOutcome.noFirmwareCall {
            return .failed(.firmwareError(firmwareError))
        }
        return .failed(.io(.ioctl, errno: errorNumber))
    }
}
