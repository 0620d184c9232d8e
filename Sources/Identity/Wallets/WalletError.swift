/// What is wrong with table `wallets`. Neither can be caused by a request.
public enum WalletError: Error, Hashable, Sendable {
    /// A sealed address does not open, or its row has another number than we gave it: the row was altered, or the root
    /// is another one.
    case damaged
    /// A row that was just inserted is not there.
    case missing
}
