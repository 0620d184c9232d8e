/// How the device is, as far as the requests so far have told.
public enum DeviceHealth: Hashable, Sendable {
    /// No request has been answered yet.
    case untried
    /// The last request for evidence was answered.
    case working
    /// The last request for evidence failed, and a later one may succeed.
    case failing(DeviceFault)
    /// The driver's message key is wiped: no request will succeed until the virtual machine is started anew. Nothing is
    /// sent to the device any more.
    case keyWiped
}
