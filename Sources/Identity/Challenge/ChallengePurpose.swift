/// What a nonce was issued for. It is part of what the nonce's MAC covers, so a nonce of one purpose is unknown to the
/// others. The raw value is the byte in the nonce.
public enum ChallengePurpose: UInt8, CaseIterable, Sendable {
    /// A login: the nonce stands in the signed text.
    case login = 1
    /// A call to the provider vault: the nonce stands beside the signature and makes the call single-use.
    case providerVault = 2
    /// Sign-In with Ethereum: the nonce stands in a text that the client may have written.
    case signIn = 5
    /// Another session for a paired device: the nonce stands in the text that the device signs.
    case deviceRefresh = 16
}
