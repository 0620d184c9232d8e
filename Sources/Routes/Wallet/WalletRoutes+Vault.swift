import Cryptography
import HTTPServer
import HTTPTypes
import Primitives
import Vault

extension WalletRoutes {
    /// Challenge, unlock, lock and rotation of one purpose.
    func vaultRoutes(_ face: VaultFace) -> [Endpoint] {
        [deriveChallenge(face), unlock(face), lock(face), rotateChallenge(face), rotate(face)]
    }

    private func deriveChallenge(_ face: VaultFace) -> Endpoint {
        Endpoint(
            .get, face.path + "/derive-challenge", area: face.area,
            summary: "The text that opens the \(face.belongings), and a nonce.",
            detail: "The text is the same on every call, so one signature can be kept by the client. Treat that "
                + "signature like the secrets it protects. Text and typed data give different keys: what was stored "
                + "under one opens under that one.",
            access: .wallet(permission: "vault:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required("message", .text(upTo: 2_000), "The exact text to sign with personal_sign."),
                        .required("nonce", .text(upTo: 200), "Goes with one request; it is not signed."),
                        VaultSchema.typedData("typedData"),
                        .required("epoch", .integer(1...Int64(UInt32.max)), "Moves on when the vault is rotated."),
                    ], isOpen: false)), errors: VaultRefusal.kinds
        ) { [vault] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let (request, nonce) = try await VaultRefusal.translating {
                try await vault.challenge(face.purpose, for: caller)
            }
            return .json([
                "message": .string(request.message), "nonce": .string(nonce), "typedData": request.typedData,
                "epoch": .integer(Int64(request.epoch.number)),
            ])
        }
    }

    private func unlock(_ face: VaultFace) -> Endpoint {
        Endpoint(
            .post, face.path + "/unlock", area: face.area, summary: "Opens stored \(face.belongings) for this session.",
            detail: "Copies that the gateway could open alone are sealed under the signature as well; they go once a "
                + "signature of another login was the same.",
            access: .wallet(permission: "vault:unlock"),
            input: .object(
                VaultSchema.proof + [.optional(face.member, VaultSchema.wanted(face), "All stored, unless named.")],
                isOpen: true),
            answer: .json(
                200,
                .object(
                    [
                        .required("success", .boolean), .required("unlocked", .boolean),
                        .required("unlocked\(face.plural)", VaultSchema.names),
                        .required("migrated\(face.plural)", VaultSchema.names, "Those of the unlocked that were hkdf."),
                        .required("locked\(face.plural)", VaultSchema.names),
                        .required("skipped\(face.plural)", VaultSchema.names),
                        .required("neededTextKind", VaultSchema.kind, "What to sign for those that stayed locked."),
                        .required("expiresInMs", .integer(0...Int64.max), "How long they stay open."),
                    ], isOpen: false)), errors: VaultRefusal.kinds + SealedMember.kinds
        ) { [vault, sealed] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let wanted = call.body[face.member]?.array?.compactMap(\.string)
            let outcome = try await VaultRefusal.translating {
                try await vault.unlock(
                    face.purpose, VaultSchema.proof(call, sealed, caller), wanted: wanted, for: caller)
            }
            return .json(
                .object([
                    .init("success", true), .init("unlocked", .bool(outcome.unlocked)),
                    .init("unlocked\(face.plural)", VaultSchema.list(outcome.unlockedProviders)),
                    .init("migrated\(face.plural)", VaultSchema.list(outcome.migratedProviders)),
                    .init("locked\(face.plural)", VaultSchema.list(outcome.lockedProviders)),
                    .init("skipped\(face.plural)", VaultSchema.list(outcome.skippedProviders)),
                    .init("neededTextKind", outcome.neededKind.map { .string($0.rawValue) } ?? nil),
                    .init("expiresInMs", .integer(outcome.expiresInMilliseconds)),
                ]))
        }
    }

    private func lock(_ face: VaultFace) -> Endpoint {
        Endpoint(
            .post, face.path + "/lock", area: face.area, summary: "Closes opened \(face.belongings).",
            access: .wallet(permission: "vault:unlock"),
            input: .object(
                [
                    .optional(face.member, VaultSchema.wanted(face), "All that is open, unless named."),
                    .optional("everywhere", .boolean, "In every session of the wallet, not in this one alone."),
                ], isOpen: true),
            answer: .json(
                200,
                .object(
                    [.required("success", .boolean), .required("locked\(face.plural)", VaultSchema.names)],
                    isOpen: false)), errors: VaultRefusal.kinds
        ) { [vault] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let names = call.body[face.member]?.array?.compactMap(\.string)
            let everywhere = call.body["everywhere"]?.bool ?? false
            let locked = try await VaultRefusal.translating {
                try await vault.lock(face.purpose, names: names, everywhere: everywhere, for: caller)
            }
            return .json(
                .object([.init("success", true), .init("locked\(face.plural)", VaultSchema.list(locked))]))
        }
    }

    private func rotateChallenge(_ face: VaultFace) -> Endpoint {
        Endpoint(
            .get, face.path + "/rotate-challenge", area: face.area,
            summary: "The texts of the present and the next generation of the key.",
            access: .wallet(permission: "vault:read"),
            answer: .json(
                200,
                .object(
                    [
                        .required("message", .text(upTo: 2_000)), VaultSchema.typedData("typedData"),
                        .required("epoch", .integer(1...Int64(UInt32.max))),
                        .required("newMessage", .text(upTo: 2_000)), VaultSchema.typedData("newTypedData"),
                        .required("newEpoch", .integer(1...Int64(UInt32.max))),
                        .required("nonce", .text(upTo: 200)),
                    ], isOpen: false)), errors: VaultRefusal.kinds
        ) { [vault] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let (old, new, nonce) = try await VaultRefusal.translating {
                try await vault.rotationChallenge(face.purpose, for: caller)
            }
            return .json([
                "message": .string(old.message), "typedData": old.typedData, "epoch": .integer(Int64(old.epoch.number)),
                "newMessage": .string(new.message), "newTypedData": new.typedData,
                "newEpoch": .integer(Int64(new.epoch.number)), "nonce": .string(nonce),
            ])
        }
    }

    private func rotate(_ face: VaultFace) -> Endpoint {
        Endpoint(
            .post, face.path + "/rotate", area: face.area,
            summary: "Seals stored \(face.belongings) anew under the next generation's key.",
            detail: "All of them or none. The old signature opens nothing here afterwards, but still opens copies of "
                + "old backups. The new signature may be made in the other way than the old.",
            access: .wallet(permission: "vault:write"),
            input: .object(
                [
                    .optional("signature", VaultSchema.signature, "Over the present text or typed data; required."),
                    .optional("sealedSignature", SealedMember.schema, "The signature under seal, in its place."),
                    .optional("newSignature", VaultSchema.signature, "Over those of the next generation; required."),
                    .optional("sealedNewSignature", SealedMember.schema, "The same under seal."),
                    .optional("newSignatureCheck", VaultSchema.signature, "The same signed a second time."),
                    .required("nonce", VaultSchema.nonce, "From rotate-challenge."),
                ], isOpen: true),
            answer: .json(
                200,
                .object(
                    [
                        .required("success", .boolean), .required("epoch", .integer(1...Int64(UInt32.max))),
                        .required("rotated\(face.plural)", VaultSchema.names),
                    ], isOpen: false)), errors: VaultRefusal.kinds + SealedMember.kinds
        ) { [vault, sealed] call in
            let caller = try VaultRefusal.vaultCaller(call)
            let (epoch, names) = try await VaultRefusal.translating {
                try await vault.rotate(
                    face.purpose, old: VaultSchema.proof(call, sealed, caller),
                    new: VaultSchema.proof(
                        call, sealed, caller, "newSignature", orSealed: "sealedNewSignature",
                        check: "newSignatureCheck"), for: caller)
            }
            return .json(
                .object([
                    .init("success", true), .init("epoch", .integer(Int64(epoch.number))),
                    .init("rotated\(face.plural)", VaultSchema.list(names)),
                ]))
        }
    }
}
