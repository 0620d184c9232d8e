public import Primitives

extension Row {
    /// An integer, or nil where the column is null.
    public func optionalInteger(_ column: Int) throws(DatabaseError) -> Int64? {
        try isNull(column) ? nil : try integer(column)
    }

    /// Text, or nil where the column is null.
    public func optionalText(_ column: Int) throws(DatabaseError) -> String? {
        try isNull(column) ? nil : try text(column)
    }

    /// Bytes, or nil where the column is null.
    public func optionalBlob(_ column: Int) throws(DatabaseError) -> [UInt8]? {
        try isNull(column) ? nil : try blob(column)
    }

    /// A truth value, or nil where the column is null.
    public func optionalBool(_ column: Int) throws(DatabaseError) -> Bool? {
        try isNull(column) ? nil : try bool(column)
    }

    /// A wallet, or nil where the column is null.
    public func optionalWallet(_ column: Int) throws(DatabaseError) -> WalletID? {
        try isNull(column) ? nil : try wallet(column)
    }

    /// A moment, or nil where the column is null.
    public func optionalTimestamp(_ column: Int) throws(DatabaseError) -> Timestamp? {
        try isNull(column) ? nil : try timestamp(column)
    }

    /// An amount, or nil where the column is null.
    public func optionalMoney(_ column: Int) throws(DatabaseError) -> MicroUSDC? {
        try isNull(column) ? nil : try money(column)
    }
}
