public import Ethereum
import Primitives

extension VaultText {
    /// The same request as EIP-712 typed data, for wallets that show fields rather than a text. `chainID` stands in the
    /// domain because wallets refuse typed data without the chain that they are on; nothing happens on that chain.
    ///
    /// Final as the text is: another member, value or chain is another key.
    public func typedData(chainID: Int64) throws(TypedDataError) -> TypedData {
        try TypedData(
            types: [
                TypedData.Structure(
                    "VaultUnlock",
                    [
                        TypedData.Field("origin", "string"), TypedData.Field("wallet", "address"),
                        TypedData.Field("purpose", "string"), TypedData.Field("epoch", "uint256"),
                        TypedData.Field("notice", "string"),
                    ])
            ],
            primaryType: "VaultUnlock",
            domain: ["name": "Sealgate", "version": "1", "chainId": .integer(chainID)],
            message: [
                "origin": .string(origin), "wallet": .string(wallet.lowercase), "purpose": .string(purpose.tag),
                "epoch": .integer(Int64(epoch.number)), "notice": .string(notice),
            ])
    }

    private var notice: String {
        "Only unlocks the \(purpose.belongings) that you saved at this origin. Never sign this for another site."
    }
}
