import Ethereum
import HTTPTypes
import Primitives
public import HTTPServer
public import Identity

/// Pairing a device and letting it in again: a program without a wallet asks, its owner approves elsewhere.
public struct DeviceRoutes: Sendable {
    static let area = "Devices"

    let pairing: DevicePairing
    let credentials: Credentials
    private let origin: String

    /// The routes of the gateway whose public origin is `origin`.
    public init(pairing: DevicePairing, credentials: Credentials, origin: String) {
        self.pairing = pairing
        self.credentials = credentials
        self.origin = origin
    }

    /// Every route.
    public var endpoints: [Endpoint] {
        [begin, prove, watch, challenge, refresh].map { $0.rated(.login) }
            + [approve.rated(.credentials), list, revoke]
    }

    private static let text = Schema.text(length: 1...DeviceDescription.maximumLength, format: nil)

    private var begin: Endpoint {
        Endpoint(
            .post, "/auth/device", area: DeviceRoutes.area, summary: "A device asks to be paired.",
            detail:
                "Show `userCode` to the owner, sign `deviceProofMessage` for /auth/device/{deviceCode}/proof, and look "
                + "at /auth/watch/device/{deviceCode} every `interval` seconds.",
            access: .anyone,
            input: .object(
                [
                    .required("client", DeviceRoutes.text, "The program."),
                    .required("platform", DeviceRoutes.text, "What it runs on."),
                    .optional("label", .nullable(DeviceRoutes.text), "What its owner will know it by."),
                    .optional(
                        "permissions", .nullable(CredentialRoutes.permissionList), "What it asks to be allowed."),
                ], isOpen: true),
            answer: .json(
                201,
                .object(
                    [
                        .required("deviceCode", .text(upTo: 64), "The device's own secret."),
                        .required("userCode", .text(upTo: 9), "What the owner types, `ACDE-3479`."),
                        .required("verificationUri", .text(upTo: 600), "Where the owner learns how to approve."),
                        .required("expiresIn", .integer(0...600), "Seconds."),
                        .required("interval", .integer(1...60), "Seconds."),
                        .required("deviceProofNonce", .text(upTo: 64)),
                        .required("deviceProofMessage", .text(upTo: 2_000), "The exact text to sign."),
                    ], isOpen: false)),
            errors: DeviceRefusal.kinds(of: [.malformed, .tooManyPairings])
        ) { [pairing, origin] call in
            let wanted = call.texts("permissions")
            let invitation = try await DeviceRefusal.translating {
                guard
                    let description = DeviceDescription(
                        client: try call.text("client"), platform: try call.text("platform"),
                        label: call.optionalText("label"))
                else { throw DeviceError.malformed }
                return try await pairing.begin(description, wanted: wanted)
            }
            return .json(
                [
                    "deviceCode": .string(invitation.deviceCode), "userCode": .string(invitation.userCode),
                    "verificationUri": .string(origin + "/docs"), "expiresIn": .integer(invitation.lifetimeSeconds),
                    "interval": .integer(DevicePairing.intervalSeconds),
                    "deviceProofNonce": .string(invitation.nonce), "deviceProofMessage": .string(invitation.message),
                ], status: 201)
        }
    }

    private var prove: Endpoint {
        Endpoint(
            .post, "/auth/device/{deviceCode}/proof", area: DeviceRoutes.area,
            summary: "The device shows which key it has.",
            detail:
                "By EIP-191; or, with `devicePublicKey`, by ECDSA on P-256 over SHA-256, in DER as hex or base64. The "
                + "public key is a SubjectPublicKeyInfo or an uncompressed point, in hex or base64.",
            access: .anyone,
            input: .object(
                [
                    .required("deviceWalletAddress", .format(.address)),
                    .required("signature", .text(length: 1...160, format: nil), "Over `deviceProofMessage`."),
                    .optional("devicePublicKey", .nullable(.text(length: 1...200, format: nil))),
                ], isOpen: true),
            answer: .json(
                200,
                .object(
                    [
                        .required("status", .choice(["VERIFIED"])),
                        .required("deviceWalletAddress", .format(.address)),
                    ], isOpen: false)),
            errors: DeviceRefusal.kinds(of: [
                .malformedAddress, .malformedKey, .signatureInvalid, .unknownPairing, .alreadySettled,
            ])
        ) { [pairing] call in
            let address = try await DeviceRefusal.translating {
                try await pairing.prove(
                    deviceCode: try call.path("deviceCode"), address: try call.text("deviceWalletAddress"),
                    signature: try call.text("signature"), publicKey: call.optionalText("devicePublicKey"))
            }
            return .json(["status": "VERIFIED", "deviceWalletAddress": .string(address.lowercase)])
        }
    }

    private var challenge: Endpoint {
        Endpoint(
            .get, "/auth/device/challenge", area: DeviceRoutes.area,
            summary: "A text for a paired device to sign, for another session.", access: .anyone,
            parameters: [.init(.query, "deviceWalletAddress", .address, isRequired: true, "The device.")],
            answer: .json(
                200,
                .object(
                    [
                        .required("nonce", .text(upTo: 200)),
                        .required("message", .text(upTo: 2_000), "The exact text to sign."),
                        .required("expiresAt", .integer(0...Int64.max), "Milliseconds since 1970."),
                        .required("deviceWalletAddress", .format(.address)),
                    ], isOpen: false)), errors: DeviceRefusal.kinds(of: [.malformedAddress])
        ) { [pairing] call in
            let challenge = try await DeviceRefusal.translating {
                try pairing.challenge(address: call.parameter("deviceWalletAddress") ?? "")
            }
            return .json([
                "nonce": .string(challenge.nonce), "message": .string(challenge.message),
                "expiresAt": .integer(challenge.expiresAt.unixMilliseconds),
                "deviceWalletAddress": .string(challenge.device.lowercase),
            ])
        }
    }

    private var refresh: Endpoint {
        Endpoint(
            .post, "/auth/device/refresh", area: DeviceRoutes.area, summary: "Another session for a paired device.",
            detail: "Until its owner's approval ends. A session lasts a day.", access: .anyone,
            input: .object(
                [
                    .required("deviceWalletAddress", .format(.address)),
                    .required("nonce", .text(length: 1...200, format: nil), "From the challenge."),
                    .required("signature", .text(length: 1...160, format: nil), "As for the proof."),
                ], isOpen: true),
            answer: .json(200, .object(DeviceRoutes.grantProperties, isOpen: false)),
            errors: DeviceRefusal.kinds(of: [.malformedAddress, .malformed, .challengeExpired, .signatureInvalid])
        ) { [pairing] call in
            let grant = try await DeviceRefusal.translating {
                try await pairing.refresh(
                    address: try call.text("deviceWalletAddress"), nonce: try call.text("nonce"),
                    signature: try call.text("signature"))
            }
            return .json(.object(DeviceRoutes.members(of: grant)))
        }
    }
}
