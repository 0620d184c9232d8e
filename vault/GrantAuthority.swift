/// What the vault asks about grants: whether one was ended, by a logout, since its caller was let in.
///
/// Ending comes in this order: first `hasEnded` says so, then the grant's vault is closed. The vault asks in the other
/// order, after opening, so of an unlock and a logout at once one always sees the other.
public protocol GrantAuthority: Sendable {
    /// Whether the caller's grant was ended. Answers at once, from memory.
    func hasEnded(_ caller: VaultCaller) -> Bool
}
