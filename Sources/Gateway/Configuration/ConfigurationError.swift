/// A setting that stops the start, said so that the reader can mend it.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The setting's name, or the file and line.
    public let subject: String
    /// What is wrong and what to write instead. Never quotes a secret.
    public let problem: String

    /// A complaint about `subject`.
    public init(_ subject: String, _ problem: String) {
        self.subject = subject
        self.problem = problem
    }

    /// `SEALGATE_LISTEN: …`
    public var description: String { "\(subject): \(problem)" }
}
