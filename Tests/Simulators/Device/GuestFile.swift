import Glibc

/// The filesystem whose root is the driver's file.
struct GuestFile {
    private static let mode: UInt32 = 0o100600
    private let driver: Driver

    init(_ driver: Driver) {
        self.driver = driver
    }

    func answer(_ request: FUSEMessage.Request) -> FUSEMessage.Reply {
        switch request.operation {
        case .getAttributes, .setAttributes:
            return .data(FUSEMessage.attributesAnswer(node: request.node, mode: GuestFile.mode))
        case .open: return .data(FUSEMessage.opened(handle: 0))
        case .flush, .release: return .done
        case .read, .write: return .error(EINVAL)
        case .ioctl: return ioctl(request)
        default: return .error(ENOSYS)
        }
    }

    /// fuse_ioctl_in: handle, flags, command, argument, sizes; then the caller's structure, which the kernel copied
    /// because its size stands in the command.
    private func ioctl(_ request: FUSEMessage.Request) -> FUSEMessage.Reply {
        let command = request.number(UInt32.self, at: 12)
        let answer = driver.ioctl(command, from: request.process, Array(request.body.dropFirst(32)))
        let room = Int(request.number(UInt32.self, at: 28))
        return .data(FUSEMessage.ioctlAnswer(result: answer.result, Array(answer.envelope.prefix(room))))
    }
}
