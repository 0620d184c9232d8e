public import Cryptography
import Synchronization

/// A key on its way to whoever sends it: it is taken out once, and nobody on the way keeps it. Each key lies in a slot
/// of secret memory, of which there are few, for as long as anybody holds it.
public final class PassedKey: Sendable {
    private let secret: Mutex<Secret?>

    /// A key to be passed on.
    public init(_ secret: Secret) {
        self.secret = Mutex(secret)
    }

    /// The key, the first time; nil ever after.
    public func take() -> Secret? {
        secret.withLock { secret in
            defer { secret = nil }
            return secret
        }
    }
}
