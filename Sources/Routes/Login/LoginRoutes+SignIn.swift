import HTTPServer
import HTTPTypes
import Identity
import Primitives

extension LoginRoutes {
    /// `GET /auth/nonce`
    var nonce: Endpoint {
        Endpoint(
            .get, "/auth/nonce", area: LoginRoutes.area,
            summary: "A nonce for a Sign-In with Ethereum text that the client writes.",
            detail: "Write an EIP-4361 text with it, `domain`, `uri` (any path below it) and one of `chainIds`, and "
                + "send it to /auth/siwe/verify within five minutes. Asking stores nothing.",
            access: .anyone,
            answer: .json(
                200,
                .object(
                    [
                        .required("nonce", .text(upTo: 200), "Alphanumeric."),
                        .required("domain", .text(upTo: 300), "The host, with its port if it has one."),
                        .required("uri", .text(upTo: 512), "This gateway's origin."),
                        .required(
                            "chainIds", .list(.integer(1...Int64.max), maximum: 16),
                            "EIP-155 numbers, the preferred one first."),
                        .required("expiresAt", .text(upTo: 40), "When it is too late, ISO 8601."),
                    ], isOpen: false))
        ) { [signIn] _ in
            let nonce = signIn.nonce()
            return .json(
                [
                    "nonce": .string(nonce.nonce), "domain": .string(nonce.domain), "uri": .string(nonce.uri),
                    "chainIds": .array(nonce.chainIDs.map { .integer(Int64(clamping: $0)) }),
                    "expiresAt": .string(nonce.expiresAt.iso8601),
                ], fields: ["Cache-Control": "no-store"])
        }
    }

    /// `GET /auth/siwe/challenge`
    var signInChallenge: Endpoint {
        Endpoint(
            .get, "/auth/siwe/challenge", area: LoginRoutes.area,
            summary: "A whole Sign-In with Ethereum text for the wallet to sign.",
            detail: "Sign `message` with EIP-191 (personal_sign) within five minutes and send both to "
                + "/auth/siwe/verify. The nonce is good for this address alone.",
            access: .anyone,
            parameters: [
                .init(.query, "address", .address, isRequired: true, "The wallet; mixed case is checked."),
                .init(.query, "chainId", .digits(upTo: 19), "EIP-155 number; else the first that is served."),
            ],
            answer: .json(
                200,
                .object(
                    [
                        .required("nonce", .text(upTo: 200), "Stands in the text."),
                        .required("message", .text(upTo: 2_000), "The exact text to sign."),
                        .required("expiresAt", .text(upTo: 40), "When it is too late, ISO 8601."),
                    ], isOpen: false)),
            errors: SignInRefusal.kinds(of: [.malformedAddress, .chainNotServed])
        ) { [signIn] call in
            do throws(SignInError) {
                let chainID = call.parameter("chainId").map { UInt64($0) ?? 0 }
                let challenge = try signIn.challenge(address: call.parameter("address") ?? "", chainID: chainID)
                return .json(
                    [
                        "nonce": .string(challenge.nonce), "message": .string(challenge.message),
                        "expiresAt": .string(challenge.expiresAt.iso8601),
                    ], fields: ["Cache-Control": "no-store"])
            } catch {
                throw SignInRefusal.named(error)
            }
        }
    }

    /// `POST /auth/siwe/verify`
    var signInVerify: Endpoint {
        Endpoint(
            .post, "/auth/siwe/verify", area: LoginRoutes.area,
            summary: "A signed Sign-In with Ethereum text for a session token.",
            detail: "EIP-4361 by its grammar, over the bytes as sent. Domain with port, scheme, URI, chain, nonce and "
                + "times are checked. A contract wallet is asked on the chain that the text names (EIP-1271, "
                + "ERC-6492); its session lasts an hour. The token's claim `chainId` is that chain.",
            access: .anyone,
            input: .object(
                [
                    .required("message", .text(length: 1...4_096, format: nil), "The text, exactly as signed."),
                    .required(
                        "signature", .format(.accountSignature),
                        "65 bytes r, s, v in hex, or what a contract wallet takes."),
                ], isOpen: true),
            answer: .json(200, Self.tokenAnswer), errors: SignInRefusal.kinds,
            bodyLimit: LoginRoutes.signatureBodyBytes
        ) { [signIn] call in
            do {
                return LoginRoutes.answer(
                    try await signIn.verify(message: try call.text("message"), signature: try call.text("signature")))
            } catch let error as SignInError {
                throw SignInRefusal.named(error)
            }
        }
    }
}
