/// Why a device was not paired, or a paired one not let in.
public enum DeviceError: Error, Hashable, CaseIterable, Sendable {
    /// The description of the device, a permission, or the length of the delegation is not acceptable.
    case malformed
    /// `deviceWalletAddress` is no address.
    case malformedAddress
    /// `devicePublicKey` is no P-256 key.
    case malformedKey
    /// There are as many pairings under way as there may be.
    case tooManyPairings
    /// No pairing has this device code, or its time is over.
    case unknownPairing
    /// No pairing has this user code, or its time is over.
    case unknownUserCode
    /// The wallet has tried too many user codes that are none.
    case tooManyAttempts
    /// The device has not shown its signature yet.
    case notVerified
    /// The pairing has been approved, or another device has shown its signature.
    case alreadySettled
    /// The signature is not that of the device.
    case signatureInvalid
    /// The challenge is unknown, expired or used.
    case challengeExpired
    /// Only a login approves.
    case loginRequired
    /// Neither device nor owner named what it may do.
    case scopesMissing
    /// More was granted than the device asked for, or than the owner has.
    case scopesTooWide
    /// The wallet has as many devices as it may have.
    case tooManyDevices
    /// The wallet has no such device.
    case unknownDevice

    /// The stable code that clients see.
    public var code: String {
        switch self {
        case .malformed: "malformed_device"
        case .malformedAddress: "malformed_address"
        case .malformedKey: "malformed_device_key"
        case .tooManyPairings: "too_many_pairings"
        case .unknownPairing: "unknown_pairing"
        case .unknownUserCode: "unknown_user_code"
        case .tooManyAttempts: "too_many_user_codes"
        case .notVerified: "device_not_verified"
        case .alreadySettled: "pairing_settled"
        case .signatureInvalid: "SIGNATURE_INVALID"
        case .challengeExpired: "CHALLENGE_EXPIRED"
        case .loginRequired: "login_required"
        case .scopesMissing: "scopes_missing"
        case .scopesTooWide: "scopes_too_wide"
        case .tooManyDevices: "too_many_devices"
        case .unknownDevice: "unknown_device"
        }
    }
}
