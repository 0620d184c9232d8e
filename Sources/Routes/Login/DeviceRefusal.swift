import HTTPServer
import HTTPTypes
import Identity

/// What a client is told when a device is not paired or not let in.
enum DeviceRefusal {
    /// The kinds that these errors become.
    static func kinds(of errors: [DeviceError]) -> [APIError.Kind] {
        errors.map { APIError.Kind(status(of: $0), $0.code, help(for: $0)) }
    }

    static func translating<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch let error as DeviceError {
            let waits = error == .tooManyAttempts || error == .tooManyPairings
            throw APIError(
                APIError.Kind(status(of: error), error.code, help(for: error)), retryAfterSeconds: waits ? 60 : nil,
                reason: String(describing: error))
        }
    }

    private static func status(of error: DeviceError) -> HTTPStatus {
        switch error {
        case .malformed, .malformedAddress, .malformedKey, .scopesMissing: 400
        case .signatureInvalid, .challengeExpired: 401
        case .loginRequired, .scopesTooWide: 403
        case .unknownPairing, .unknownUserCode, .unknownDevice: 404
        case .notVerified, .alreadySettled, .tooManyDevices: 409
        case .tooManyPairings, .tooManyAttempts: 429
        }
    }

    private static func help(for error: DeviceError) -> String {
        switch error {
        case .malformed: "Texts have 1 to 64 characters, permissions are at most 16 of the form namespace:action."
        case .malformedAddress: "deviceWalletAddress must be 0x and 40 hex digits."
        case .malformedKey: "devicePublicKey must be a P-256 key: SubjectPublicKeyInfo or 04 || x || y."
        case .tooManyPairings: "Too many devices wait to be paired. Try again in some minutes."
        case .unknownPairing: "There is no such pairing, or its ten minutes are over. Begin again with /auth/device."
        case .unknownUserCode: "No device shows this code, or its ten minutes are over."
        case .tooManyAttempts: "Too many codes that are none. Try again in ten minutes."
        case .notVerified: "The device has not shown its signature yet. Try again in a moment."
        case .alreadySettled: "This pairing was approved, or another device has taken part in it. Begin again."
        case .signatureInvalid: "The signature is not this device's over the exact text, or nobody paired the device."
        case .challengeExpired: "This challenge is unknown, too old, or used. Ask for a new one and sign that."
        case .loginRequired: "Only a login approves devices: log in with /auth/challenge."
        case .scopesMissing: "Name at least one permission in scopes: the device has asked for none."
        case .scopesTooWide: "scopes must be within what the device asked for, and within what you may do."
        case .tooManyDevices: "A wallet has at most \(DeviceTables.maximumDevices) devices. End one first."
        case .unknownDevice: "This wallet has no such device. /auth/devices lists them."
        }
    }
}
