import Glibc
import Testing

@testable import Attestation

@Suite("What an ioctl's end means")
struct GuestOutcomeTests {
    struct Case: Sendable {
        let errorNumber: CInt
        let exitInfo: UInt64
        let meaning: GuestOutcome.Meaning

        init(_ errorNumber: CInt, _ exitInfo: UInt64, _ meaning: GuestOutcome.Meaning) {
            self.errorNumber = errorNumber
            self.exitInfo = exitInfo
            self.meaning = meaning
        }
    }

    static let cases: [Case] = [
        Case(0, 0, .answered),
        // The driver's preset value, where nothing was put over it.
        Case(0, 0xFF, .answered),
        Case(EIO, 1 << 32, .bufferTooShort),
        Case(0, 1 << 32, .bufferTooShort),
        Case(ENOTTY, 0, .keyOrDriverMissing),
        Case(ETIMEDOUT, 2 << 32, .failed(.busy)),
        Case(ETIMEDOUT, 0, .failed(.busy)),
        Case(0, 2 << 32, .failed(.busy)),
        Case(EIO, 3 << 32, .failed(.hypervisor(3))),
        Case(EIO, 0x0A, .failed(.firmwareError(0x0A))),
        Case(0, 0x0A, .failed(.firmwareError(0x0A))),
        Case(EIO, 0xFF, .failed(.io(.ioctl, errno: EIO))),
        Case(EFAULT, 0xFF, .failed(.io(.ioctl, errno: EFAULT))),
        Case(EINVAL, 0xFF, .failed(.io(.ioctl, errno: EINVAL))),
        Case(ENOTCONN, 0, .failed(.io(.ioctl, errno: ENOTCONN))),
    ]

    @Test(arguments: cases)
    func `errno and exitinfo2 together say it`(one: Case) {
        #expect(GuestOutcome(errorNumber: one.errorNumber, exitInfo: one.exitInfo).meaning == one.meaning)
    }
}
