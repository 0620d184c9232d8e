import Cryptography
import Ethereum
import HTTPTypes
public import Primitives
public import HTTPServer
public import Identity

/// Logging in and out, wallet tokens, and the keys that sign sessions.
public struct LoginRoutes: Sendable {
    private let login: Login
    let signIn: SignIn
    private let walletTokens: WalletTokens
    private let keys: SessionKeys
    private let clock: any WallClock
    let signedRequests: SignedRequests
    private let logout: @Sendable (Caller) async throws -> Void
    let delegate: @Sendable (_ caller: Caller, _ peer: String) throws -> Delegation
    private let evidence: @Sendable (_ nonce: String, _ caller: IPAddress) async -> Evidence

    /// What a client gets that asks for evidence together with its challenge.
    public enum Evidence: Sendable {
        /// The evidence bundle, made over the challenge's nonce.
        case bundle(JSON)
        /// The code of why there is none. The challenge is good all the same.
        case none(code: String)
    }

    /// The routes over a login. `logout` ends a session and everything that hangs on it; `delegate` makes a
    /// token for a peer; `evidence` makes evidence over a nonce, and may take its time.
    public init(
        login: Login, signIn: SignIn, walletTokens: WalletTokens, keys: SessionKeys, clock: any WallClock,
        signedRequests: SignedRequests,
        logout: @escaping @Sendable (Caller) async throws -> Void,
        delegate: @escaping @Sendable (_ caller: Caller, _ peer: String) throws -> Delegation,
        evidence: @escaping @Sendable (_ nonce: String, _ caller: IPAddress) async -> Evidence
    ) {
        self.login = login
        self.signIn = signIn
        self.walletTokens = walletTokens
        self.keys = keys
        self.clock = clock
        self.signedRequests = signedRequests
        self.logout = logout
        self.delegate = delegate
        self.evidence = evidence
    }

    /// Every route; logins and logout under both spellings that clients use.
    public var endpoints: [Endpoint] {
        let ways = [challenge, verify, nonce, signInChallenge, signInVerify].map { $0.rated(.login) }
        let twice = ways + [end]
        return twice + twice.map { $0.also(at: "/api" + $0.path.text) } + [
            tokenMessage.rated(.login), createToken.rated(.login), peerToken, keySet.rated(.unlimited),
        ] + signedRequestPolicy
    }

    static let area = "Login"

    private var challenge: Endpoint {
        Endpoint(
            .get, "/auth/challenge", area: LoginRoutes.area, summary: "A text for the wallet to sign.",
            detail: "Sign `message` with EIP-191 (personal_sign) within five minutes and send the signature to "
                + "/auth/verify. Asking stores nothing.",
            access: .anyone,
            parameters: [
                .init(.query, "walletAddress", .address, "Binds the challenge to this wallet; mixed case is checked."),
                .init(
                    .query, "attest", .one,
                    "1 adds evidence over this very nonce; the answer then waits for the hardware."),
            ],
            answer: .json(
                200,
                .object(
                    [
                        .required("nonce", .text(upTo: 200), "Goes back with the signature."),
                        .required("message", .text(upTo: 2_000), "The exact text to sign."),
                        .required("expiresAt", .text(upTo: 40), "When it is too late, ISO 8601."),
                        .optional(
                            "attestation",
                            .object(
                                [
                                    .required(
                                        "evidence", .nullable(.object([], isOpen: true)), "As /report serves it."),
                                    .required("error", .nullable(.text(upTo: 64)), "Why there is none."),
                                ], isOpen: false), "Only if it was asked for."),
                    ], isOpen: false)),
            errors: LoginRefusal.kinds(of: [.malformedAddress])
        ) { [login, evidence] call in
            let challenge = try LoginRefusal.translating { () throws(LoginError) in
                try login.challenge(wallet: call.parameter("walletAddress"))
            }
            var members: [JSON.Member] = [
                .init("nonce", .string(challenge.nonce)), .init("message", .string(challenge.message)),
                .init("expiresAt", .string(challenge.expiresAt.iso8601)),
            ]
            if call.parameter("attest") != nil {
                members.append(.init("attestation", (await evidence(challenge.nonce, call.request.peer.address)).json))
            }
            return .json(.object(members))
        }
    }

    private var verify: Endpoint {
        Endpoint(
            .post, "/auth/verify", area: LoginRoutes.area, summary: "A signed challenge for a session token.",
            detail: "The token is an ES256 JWT, good for 24 hours; verify it with /.well-known/jwks.json. Keys are "
                + "born inside and never stored. A restart ends sessions, unless hardware vouches for their key. "
                + "A contract wallet's session lasts an hour. "
                + "With a DPoP proof (RFC 9449) the token is bound to the proof's key.",
            access: .anyone,
            parameters: [
                .init(
                    .header, "DPoP", length: 1...DPoPProof.maximumBytes,
                    "A proof of a P-256 key for this request; binds the token to the key.")
            ],
            input: .object(
                [
                    .required("walletAddress", .format(.address), "The wallet that signed."),
                    .optional(
                        "signature", .format(.accountSignature),
                        "65 bytes r, s, v in hex, or what a contract wallet takes; required."),
                    .optional("nonce", .text(length: 1...200, format: nil), "From the challenge; required."),
                    .optional(
                        "chainId", .integer(1...Int64.max), "Where a contract wallet stands; else the first served."),
                    .optional("testMode", .boolean, "Refused: there is no login without a signature."),
                ], isOpen: true),
            answer: .json(200, Self.loginAnswer),
            errors: LoginRefusal.kinds(of: LoginError.allCases) + [LoginRefusal.testMode],
            bodyLimit: LoginRoutes.signatureBodyBytes
        ) { [login] call in
            guard call.body["testMode"]?.bool != true else { throw APIError(LoginRefusal.testMode) }
            let wallet = try call.text("walletAddress")
            // Optional in the schema only so that test mode, which sends neither, learns why it is refused.
            let (signature, nonce) = (try call.needed("signature"), try call.needed("nonce"))
            do {
                let proof = call.parameter("DPoP").map {
                    ProofOffer($0, method: call.request.method.rawValue, path: call.request.path)
                }
                let grant = try await login.verify(
                    walletAddress: wallet, signature: signature, nonce: nonce,
                    chainID: call.body["chainId"]?.integer.map { UInt64(clamping: $0) }, proof: proof)
                return LoginRoutes.answer(grant, isBound: proof != nil)
            } catch let error as LoginError {
                throw LoginRefusal.named(error)
            }
        }
    }

    private var end: Endpoint {
        Endpoint(
            .post, "/auth/logout", area: LoginRoutes.area, summary: "Ends this session and locks its vault.",
            detail:
                "The token is refused from now on. A wallet token is revoked for good; a wallet that revokes more than "
                + "\(WalletTokenMarks.maximumRevocations) of them revokes all that expire within a year from then.",
            access: .wallet(permission: nil),
            answer: .json(200, .object([.required("success", .boolean)], isOpen: false))
        ) { [logout] call in
            try await logout(try call.caller())
            return .json(["success": true])
        }
    }

    private var tokenMessage: Endpoint {
        Endpoint(
            .get, "/api/auth/token-message", area: LoginRoutes.area, summary: "The text of a long-lived wallet token.",
            detail: "Sign it with EIP-191 and send the signature to /api/auth/create-token. Limits count only because "
                + "they stand in the signed text.",
            access: .anyone,
            parameters: [
                .init(.query, "walletAddress", .address, isRequired: true, "The wallet."),
                .init(.query, "expiresAt", length: 1...40, isRequired: true, "ISO 8601, at most a year ahead."),
                .init(.query, "permissions", length: 1...1_100, "Permissions `namespace:action`, comma-separated."),
                .init(.query, "serverId", length: 1...128, "The one tool server it is for."),
            ],
            answer: .json(
                200, .object([.required("message", .text(upTo: 4_000), "The exact text to sign.")], isOpen: false)),
            errors: WalletTokenRefusal.kinds
        ) { call in
            let permissions = call.parameter("permissions").map { list in
                list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            let message = try WalletTokenRefusal.translating { () throws(WalletTokenError) in
                try WalletTokenMessage(
                    wallet: call.parameter("walletAddress") ?? "", expires: call.parameter("expiresAt") ?? "",
                    permissions: permissions, server: call.parameter("serverId"))
            }
            return .json(["message": .string(message.text)])
        }
    }

    private var createToken: Endpoint {
        Endpoint(
            .post, "/api/auth/create-token", area: LoginRoutes.area, summary: "A wallet token from its signed text.",
            detail: "Nothing is stored: the token carries text and signature, and stays good across restarts.",
            access: .anyone,
            input: .object(
                [
                    .required("walletAddress", .format(.address)),
                    .required("signature", .format(.signature)),
                    .required("expiresAt", .text(length: 1...40, format: nil), "Exactly as in the signed text."),
                    .optional("permissions", .nullable(.list(.text(upTo: 64), maximum: 16))),
                    .optional("serverId", .nullable(.text(length: 1...128, format: nil))),
                ], isOpen: true),
            answer: .json(200, Self.tokenAnswer), errors: WalletTokenRefusal.kinds
        ) { [walletTokens, clock] call in
            let permissions = call.body["permissions"]?.array?.compactMap(\.string)
            let (wallet, expires, signature) = (
                try call.text("walletAddress"), try call.text("expiresAt"), try call.text("signature")
            )
            return try WalletTokenRefusal.translating { () throws(WalletTokenError) in
                let message = try WalletTokenMessage(
                    wallet: wallet, expires: expires, permissions: permissions, server: call.optionalText("serverId"))
                let token = try walletTokens.create(message, signature: signature, at: clock.now())
                return .json([
                    "token": .string(token), "walletAddress": .string(message.wallet.lowercase),
                    "expiresAt": .string(expires),
                ])
            }
        }
    }

    private var keySet: Endpoint {
        Endpoint(
            .get, "/.well-known/jwks.json", area: LoginRoutes.area, summary: "The keys that sign sessions (RFC 7517).",
            access: .anyone,
            answer: .json(
                200,
                .object(
                    [
                        .required(
                            "keys",
                            .list(
                                .object(
                                    [
                                        .required("kty", .choice(["EC"])), .required("crv", .choice(["P-256"])),
                                        .required("x", .text(upTo: 43)), .required("y", .text(upTo: 43)),
                                        .required("kid", .text(upTo: 43), "RFC 7638 thumbprint."),
                                        .required("alg", .choice(["ES256"])), .required("use", .choice(["sig"])),
                                    ], isOpen: false), maximum: 256), "The active key comes first.")
                    ], isOpen: false))
        ) { [keys] _ in
            .json(
                keys.published.jwks,
                fields: ["Cache-Control": "public, max-age=\(SessionKeys.publicationSeconds)"])
        }
    }

    /// The answer to every login; a token that is bound to a key says so.
    static func answer(_ grant: LoginGrant, isBound: Bool = false) -> Response {
        var members: [JSON.Member] = [
            .init("token", .string(grant.token)), .init("walletAddress", .string(grant.address.lowercase)),
            .init("expiresAt", .string(grant.expiresAt.iso8601)),
        ]
        if isBound { members.append(.init("token_type", "DPoP")) }
        return .json(.object(members))
    }

    /// A text, and a signature of the longest kind.
    static let signatureBodyBytes = 32 << 10

    private static let tokenMembers: [Schema.Property] = [
        .required("token", .text(upTo: 8_192), "Send it as Authorization: Bearer."),
        .required("walletAddress", .format(.address), "The wallet, lower case."),
        .required("expiresAt", .text(upTo: 40), "ISO 8601."),
    ]
    static let tokenAnswer = Schema.object(tokenMembers, isOpen: false)
    private static let loginAnswer = Schema.object(
        tokenMembers + [
            .optional("token_type", .choice(["DPoP"]), "There if the token is bound: send it with that scheme.")
        ], isOpen: false)
}

extension Call {
    /// A text member that this call needs although the schema lets it be left out.
    fileprivate func needed(_ name: String) throws(APIError) -> String {
        guard let value = optionalText(name) else {
            throw APIError(.invalidRequest, message: "\(name) is missing.", reason: "missing_member")
        }
        return value
    }
}

extension LoginRoutes.Evidence {
    fileprivate var json: JSON {
        switch self {
        case .bundle(let bundle): ["evidence": bundle, "error": nil]
        case .none(let code): ["evidence": nil, "error": .string(code)]
        }
    }
}
