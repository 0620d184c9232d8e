public import Primitives

/// A request that may be repeated, as far as the book needs to know it.
public struct IdempotentRequest: Hashable, Sendable {
    /// Bytes of a SHA-256.
    public static let hashLength = 32
    /// Longer than any route of ours.
    public static let maximumRouteLength = 255

    /// Who asks. Keys of different wallets never meet.
    public let wallet: WalletID
    /// Method and path pattern, `POST /wallet/faucet`. Keys on different routes never meet.
    public let route: String
    /// The client's key.
    public let key: IdempotencyKey
    /// SHA-256 of what else makes the request what it is: path and body.
    public let hash: [UInt8]

    /// A request by its parts.
    /// - Precondition: `hash` has `hashLength` bytes, `route` 1 to `maximumRouteLength`.
    public init(wallet: WalletID, route: String, key: IdempotencyKey, hash: [UInt8]) {
        precondition(hash.count == IdempotentRequest.hashLength, "not a SHA-256")
        precondition((1...IdempotentRequest.maximumRouteLength).contains(route.utf8.count), "not a route")
        self.wallet = wallet
        self.route = route
        self.key = key
        self.hash = hash
    }
}

/// What to do with a request that carries an idempotency key.
public enum IdempotencyDecision: Hashable, Sendable {
    /// It is the first: do it, then `complete` it.
    case fresh
    /// It has been done: answer the same again.
    case replay(status: Int, body: [UInt8])
    /// The key was used for another request: refuse.
    case conflict
    /// The first has not been answered yet: refuse until it has.
    case inProgress
}

/// Why a request is not carried out, or its answer not kept.
public enum IdempotencyError: Error, Hashable, Sendable {
    /// The key was used for another request.
    case conflict
    /// The first request with the key has not been answered yet.
    case inProgress
    /// The answer is longer than `IdempotencyStore.maximumBodyBytes`.
    case bodyTooLong
    /// The request was not begun, or has been completed.
    case notInProgress
}
