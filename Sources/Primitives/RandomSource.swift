import CLinux
import Glibc
import Synchronization

/// Where unpredictable bytes come from, passed in as a value so that tests can repeat a run.
public protocol RandomSource: Sendable {
    /// `count` bytes.
    func bytes(_ count: Int) -> [UInt8]
}

/// The kernel's generator (getrandom(2)).
public struct SystemRandom: RandomSource {
    /// The kernel's generator.
    public init() {}

    /// `count` bytes fit for keys. Stops the process if the kernel refuses: there is no safe way on without it.
    public func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                getrandom($0.baseAddress?.advanced(by: filled), count - filled, 0)
            }
            precondition(got > 0 || linux_errno() == EINTR, "getrandom failed")
            if got > 0 { filled += got }
        }
        return bytes
    }
}

/// Repeatable bytes from a seed (SplitMix64): for tests and simulations, never for keys.
public final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    /// A generator whose whole output follows from `seed`.
    public init(seed: UInt64) {
        state = Mutex(seed)
    }

    /// The next `count` bytes of the sequence.
    public func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(count + 7)
            while bytes.count < count {
                state &+= 0x9E37_79B9_7F4A_7C15
                var word = state
                word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
                word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
                word ^= word >> 31
                for shift in stride(from: UInt64(0), to: 64, by: 8) {
                    bytes.append(UInt8(truncatingIfNeeded: word >> shift))
                }
            }
            return Array(bytes.prefix(count))
        }
    }
}
