/// What a refused login is owed to.
public enum LoginBlame: Hashable, Sendable {
    /// The request is wrong in itself: 400.
    case request
    /// The proof does not hold: 401.
    case proof
    /// A chain could not be asked: 503. It says nothing about the proof.
    case chain
}
