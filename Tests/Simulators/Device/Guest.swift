import AttestationFixtures
import Cryptography
import Primitives

/// The launched virtual machine.
struct Guest {
    /// Measurements by the names of `--firmware`.
    enum Measurement: String {
        /// The provider's firmware, the same under every image.
        case provider
        /// Our own image, measured whole.
        case own

        var bytes: [UInt8] {
            let half = SHA256.hash(Array("measurement of \(rawValue)".utf8))
            return half + half.prefix(16)
        }
    }

    var measurement = Measurement.own.bytes
    var policy: UInt64 = 0x3_0000 | 0x1F | 1 << 8
    var familyID = [UInt8](repeating: 0, count: 16)
    var imageID = [UInt8](repeating: 0, count: 16)
    var guestSVN: UInt32 = 2
    var vmpl: UInt32 = 0
    var reportVersion: UInt32 = 5
    /// VMRK: new at each launch.
    var launchSecret = SystemRandom().bytes(32)

    /// Puts what was launched into a report.
    func fill(_ report: inout FixtureReport) {
        report.measurement = measurement
        report.policy = policy
        report.familyID = familyID
        report.imageID = imageID
        report.guestSVN = guestSVN
    }
}
