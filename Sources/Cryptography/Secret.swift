import CLinux
import Glibc

/// Bytes that must not leak: a provider key, a data key, a private scalar. They lie in one slot of the guarded arena
/// and are zeroed when the last reference goes.
///
/// A secret cannot be printed, reflected, encoded, hashed or compared with `==`; it is read through `withBytes` and
/// compared by `isEqual(to:)`.
public final class Secret: Sendable {
    /// How many bytes it holds.
    public let count: Int
    private let region: GuardedRegion
    private nonisolated(unsafe) let slot: GuardedRegion.Slot  // proof: written in init only, before it can be shared

    /// Copies `bytes`. The caller still has to wipe the original.
    /// Throws `tooLong` above the arena's slot size and `exhausted` when no slot is free.
    public convenience init(copying bytes: some Collection<UInt8>) throws(SecretError) {
        try self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Bytes that `fill` writes straight into locked memory, which is zero before.
    public convenience init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) throws(SecretError) {
        try self.init(count: count, in: SecretArena.region(), fill: fill)
    }

    /// `count` unpredictable bytes (getrandom(2)), born in locked memory: for keys.
    public convenience init(randomCount count: Int) throws(SecretError) {
        try self.init(count: count) { bytes in
            var filled = 0
            while filled < count {
                let got = getrandom(bytes.baseAddress?.advanced(by: filled), count - filled, 0)
                precondition(got > 0 || linux_errno() == EINTR, "getrandom failed")
                if got > 0 { filled += got }
            }
        }
    }

    init(
        count: Int, in region: GuardedRegion, fill: (UnsafeMutableRawBufferPointer) -> Void
    ) throws(SecretError) {
        precondition(count >= 0, "a count is not negative")
        self.count = count
        self.region = region
        slot = try region.take(count)
        fill(UnsafeMutableRawBufferPointer(start: slot.start, count: count))
    }

    deinit {
        region.give(back: slot)
    }

    /// Lends the bytes for the length of the call. The pointer must not leave it, and copies are the caller's to wipe.
    public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withExtendedLifetime(self) {
            try body(UnsafeRawBufferPointer(start: slot.start, count: count))
        }
    }

    /// Whether both hold the same bytes. The time depends on the lengths only.
    public func isEqual(to other: Secret) -> Bool {
        withBytes { mine in other.withBytes { ConstantTime.equal(mine, $0) } }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always the same word.
    public var description: String { "[secret]" }
    /// Always the same word.
    public var debugDescription: String { "[secret]" }
    /// No children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
