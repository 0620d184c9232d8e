/// A body on its way to the writer. Running it gives the settlement that hands its value to the caller: kept back until
/// COMMIT has returned, dropped if the body must run again.
struct WriteJob: Sendable {
    /// Hands a value to the caller.
    typealias Settlement = @Sendable () -> Void

    /// Runs the body once; may be called several times.
    let attempt: @Sendable (borrowing WriteTransaction) throws -> Settlement
    /// Hands an error to the caller.
    let fail: @Sendable (any Error) -> Void
}
