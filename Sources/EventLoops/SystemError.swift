import CLinux
import Glibc

/// A system call that failed.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The call's name, as in its manual page.
    public let call: String
    /// The error number (errno(3)).
    public let code: CInt

    /// A failed `call` with its error number.
    public init(_ call: String, code: CInt) {
        self.call = call
        self.code = code
    }

    /// `call` failed just now on this thread: takes errno.
    public static func last(_ call: String) -> SystemError {
        SystemError(call, code: linux_errno())
    }

    /// For logs and start-up messages: "bind: Address already in use".
    public var description: String {
        "\(call): \(String(cString: strerror(code)))"
    }
}
