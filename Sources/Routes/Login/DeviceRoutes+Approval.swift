import Ethereum
import HTTPServer
import HTTPTypes
import Identity
import Primitives

extension DeviceRoutes {
    private static let pending = APIError.Kind(
        202, "authorization_pending", "The owner has not approved yet. Look again after `interval` seconds.")

    private static let approvalProperties: [Schema.Property] = [
        .required("walletAddress", .format(.address), "For whom the device acts."),
        .required("deviceWalletAddress", .format(.address)),
        .required("scopes", CredentialRoutes.permissionList, "What it may do."),
        .required("expiresAt", .integer(0...Int64.max), "When the session ends, milliseconds since 1970."),
        .required("delegationExpiresAt", .integer(0...Int64.max), "When it gets no further one."),
    ]

    static let grantProperties: [Schema.Property] =
        [.required("token", .text(upTo: 8_192), "Send it as Authorization: Bearer.")] + approvalProperties

    private static let approved = Schema.Property.required("status", .choice(["APPROVED"]))

    static func members(of grant: DeviceGrant) -> [JSON.Member] {
        [
            .init("token", .string(grant.token)), .init("walletAddress", .string(grant.wallet.lowercase)),
            .init("deviceWalletAddress", .string(grant.device.lowercase)),
            .init("scopes", JSON(permissions: grant.scopes)),
            .init("expiresAt", .integer(grant.expiresAt.unixMilliseconds)),
            .init("delegationExpiresAt", .integer(grant.delegationExpiresAt.unixMilliseconds)),
        ]
    }

    var approve: Endpoint {
        Endpoint(
            .post, "/auth/device/approve", area: DeviceRoutes.area, summary: "The owner lets a device act.",
            detail:
                "Only with a wallet's own login. `scopes` can be less than the device asked for, never more; left out, "
                + "they are what it asked for. `ttlSeconds` is from a minute to thirty days, fourteen days if left "
                + "out. The device fetches its token itself.",
            access: .wallet(permission: "devices:write"),
            input: .object(
                [
                    .required("userCode", .text(length: 1...20, format: nil), "As the device shows it."),
                    .optional("scopes", .nullable(CredentialRoutes.permissionList)),
                    .optional(
                        "ttlSeconds",
                        .nullable(.integer(Delegation.minimumLifetimeSeconds...Delegation.maximumLifetimeSeconds))),
                ], isOpen: true),
            answer: .json(200, .object([DeviceRoutes.approved] + DeviceRoutes.approvalProperties, isOpen: false)),
            errors: DeviceRefusal.kinds(of: [
                .malformed, .scopesMissing, .scopesTooWide, .loginRequired, .unknownUserCode, .notVerified,
                .alreadySettled, .tooManyDevices, .tooManyAttempts,
            ])
        ) { [pairing] call in
            let (caller, owner) = (try call.caller(), try call.credentialOwner())
            let approved = try await DeviceRefusal.translating {
                try await pairing.approve(
                    userCode: try call.text("userCode"), scopes: call.texts("scopes"),
                    lifetimeSeconds: call.body["ttlSeconds"]?.integer ?? Delegation.defaultLifetimeSeconds, by: owner)
            }
            return .json([
                "status": "APPROVED", "walletAddress": .string(caller.address),
                "deviceWalletAddress": .string(approved.device.lowercase),
                "scopes": JSON(permissions: approved.scopes),
                "expiresAt": .integer(approved.expiresAt.unixMilliseconds),
                "delegationExpiresAt": .integer(approved.delegationExpiresAt.unixMilliseconds),
            ])
        }
    }

    var watch: Endpoint {
        Endpoint(
            .get, "/auth/watch/device/{deviceCode}", area: DeviceRoutes.area,
            summary: "The device's session, once its owner has approved.", detail: "Until then the answer is 202.",
            access: .anyone,
            answer: .json(200, .object([DeviceRoutes.approved] + DeviceRoutes.grantProperties, isOpen: false)),
            errors: [DeviceRoutes.pending] + DeviceRefusal.kinds(of: [.unknownPairing])
        ) { [pairing] call in
            let grant = try await DeviceRefusal.translating {
                try await pairing.collect(deviceCode: try call.path("deviceCode"))
            }
            guard let grant else { throw APIError(DeviceRoutes.pending, details: [.init("status", "PENDING")]) }
            return .json(.object([.init("status", "APPROVED")] + DeviceRoutes.members(of: grant)))
        }
    }

    var list: Endpoint {
        Endpoint(
            .get, "/auth/devices", area: DeviceRoutes.area, summary: "The devices that act for the wallet.",
            access: .wallet(permission: "devices:read"),
            answer: .json(
                200,
                .object(
                    [.required("devices", .list(DeviceRoutes.device, maximum: DeviceTables.maximumDevices))],
                    isOpen: false))
        ) { [credentials] call in
            let devices = try await credentials.devices(of: try call.credentialOwner())
            return .json(["devices": .array(devices.map(DeviceRoutes.json))])
        }
    }

    var revoke: Endpoint {
        Endpoint(
            .delete, "/auth/devices/{id}", area: DeviceRoutes.area, summary: "Ends a device and its sessions.",
            access: .wallet(permission: "devices:write"), answer: CredentialRoutes.success,
            errors: DeviceRefusal.kinds(of: [.unknownDevice])
        ) { [credentials] call in
            try await DeviceRefusal.translating {
                try await credentials.revokeDevice(try call.path("id"), by: try call.credentialOwner())
            }
            return .json(["success": true])
        }
    }

    private static let device = Schema.object(
        [
            .required("id", .text(upTo: 64)), .required("client", .text(upTo: DeviceDescription.maximumLength)),
            .required("platform", .text(upTo: DeviceDescription.maximumLength)),
            .required("label", .nullable(.text(upTo: DeviceDescription.maximumLength))),
            .required("deviceWalletAddress", .format(.address)),
            .required("scopes", CredentialRoutes.permissionList),
            .required("createdAt", .text(upTo: 40), "ISO 8601."),
            .required("lastUsedAt", .nullable(.text(upTo: 40)), "To ten minutes; null if not yet."),
            .required("expiresAt", .text(upTo: 40), "ISO 8601."),
        ], isOpen: false)

    private static func json(_ device: Credentials.ListedDevice) -> JSON {
        let delegation = device.delegation
        return [
            "id": .string(delegation.id), "client": .string(delegation.description.client),
            "platform": .string(delegation.description.platform),
            "label": delegation.description.label.map { .string($0) } ?? .null,
            "deviceWalletAddress": .string(delegation.address.lowercase),
            "scopes": JSON(permissions: delegation.scopes), "createdAt": .string(delegation.createdAt.iso8601),
            "lastUsedAt": JSON(moment: device.lastUsedAt), "expiresAt": .string(delegation.expiresAt.iso8601),
        ]
    }
}
