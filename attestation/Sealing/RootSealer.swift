public import Cryptography
public import Primitives

/// Hardware that seals a root secret to a machine. Both calls block: never on an event loop.
public protocol RootSealer: Sendable {
    /// Seals `root` (32 bytes), of which `recoverySet` was made, to this machine as it is.
    func seal(_ root: Secret, recoverySet: RecoverySet, random: some RandomSource) throws(SealingFault) -> SealedBlob

    /// The root out of a copy. Throws `notOpened` with what has changed.
    func open(_ blob: SealedBlob) throws(SealingFault) -> Secret
}
