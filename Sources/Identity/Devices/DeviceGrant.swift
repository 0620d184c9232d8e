public import Ethereum
public import Primitives

/// A session of a device, as owner and device get to know it.
public struct DeviceGrant: Hashable, Sendable {
    /// The session's JWT.
    public let token: String
    /// For whom the device acts.
    public let wallet: Address
    /// What the device calls itself.
    public let device: Address
    /// What the session may do.
    public let scopes: [Permission]
    /// The first moment at which the token is refused.
    public let expiresAt: Timestamp
    /// The first moment at which the device gets no further one.
    public let delegationExpiresAt: Timestamp
}

/// What a device is told that asks to be paired.
public struct DeviceInvitation: Hashable, Sendable {
    /// The device's own secret: whoever has it gets the token.
    public let deviceCode: String
    /// What its owner types.
    public let userCode: String
    /// The first moment at which both are worthless.
    public let expiresAt: Timestamp
    /// Seconds from now until then.
    public let lifetimeSeconds = Pairing.lifetimeSeconds
    /// Stands in the text.
    public let nonce: String
    /// The text that the device signs.
    public let message: String
}
