/// The version of this program.
public enum Version {
    /// Semantic version; the wire contract's breaking changes raise the first number.
    public static let text = "0.1.0"
}
