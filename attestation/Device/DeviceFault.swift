public import Cryptography

/// Why the device gave no evidence or no key.
public enum DeviceFault: Error, Hashable, Sendable {
    /// A system call, for the log.
    public enum Call: String, Hashable, Sendable {
        /// ioctl(2) on the sev-guest file.
        case ioctl
        /// mkdir(2) of the folder of a request.
        case mkdir
        /// open(2) of an attribute.
        case open
        /// read(2) of an attribute.
        case read
        /// write(2) of an attribute.
        case write
    }

    /// What is wrong with an answer.
    public enum Malformation: Hashable, Sendable {
        /// Status ok, and yet another number of report bytes than 1184.
        case reportSize(Int)
        /// The report is over other data than what was asked for.
        case otherReportData
        /// The host says that a buffer is too small and names no size that could help.
        case certificateLength(Int)
        /// An attribute is not what the kernel's documentation says; its name.
        case attribute(String)
    }

    /// There is no such device: the path does not open (`errno`), or what opens is not the driver (ENOTTY).
    case unavailable(errno: CInt)
    /// This interface has no such call.
    case unsupported
    /// The driver's message key (VMPCK) is wiped, by itself after an earlier failure. For good: only a new start of the
    /// virtual machine brings it back.
    case keyWiped
    /// The firmware understood the request and refused it: its message status, 0x16 invalid parameter (such as a VMPL
    /// below the guest's own), 0x27 invalid key. The device stays usable.
    case firmwareStatus(UInt32)
    /// The firmware call failed with this error. The driver has wiped its message key on the way.
    case firmwareError(UInt32)
    /// The hypervisor failed the request with this error. The driver has wiped its message key on the way.
    case hypervisor(UInt32)
    /// The host throttles requests and did not let this one through in the minute that the kernel waits.
    case busy
    /// The certificate table is larger than the driver can fetch; its size in bytes.
    case certificatesTooLarge(bytes: Int)
    /// The answer makes no sense.
    case malformedAnswer(Malformation)
    /// The configfs folder belongs to other hardware; its provider's name, cut to 32 characters.
    case foreignProvider(String)
    /// The requested VMPL lies below the lowest that this guest may ask for.
    case levelBelowFloor(UInt32)
    /// Somebody else wrote into the folder of this request.
    case interfered
    /// A system call failed.
    case io(Call, errno: CInt)
    /// The key has no place in locked memory.
    case memory(SecretError)
    /// The caller's time limit passed. The request may still be with the host.
    case timedOut
    /// Too many callers wait already.
    case queueFull
    /// The calling task was cancelled.
    case cancelled
    /// The queue is shut down.
    case stopped

    /// A stable word for logs and metrics.
    public var code: String {
        switch self {
        case .unavailable: "device_unavailable"
        case .unsupported: "device_unsupported"
        case .keyWiped: "device_key_wiped"
        case .firmwareStatus: "device_firmware_status"
        case .firmwareError: "device_firmware_error"
        case .hypervisor: "device_hypervisor_error"
        case .busy: "device_busy"
        case .certificatesTooLarge: "device_certificates_too_large"
        case .malformedAnswer: "device_malformed_answer"
        case .foreignProvider: "device_foreign_provider"
        case .levelBelowFloor: "device_level_below_floor"
        case .interfered: "device_interfered"
        case .io: "device_io"
        case .memory: "device_memory"
        case .timedOut: "device_timed_out"
        case .queueFull: "device_queue_full"
        case .cancelled: "device_cancelled"
        case .stopped: "device_stopped"
        }
    }
}
