import COpenSSL
import Synchronization

/// An EVP_PKEY on P-256 with prepared contexts for one operation. Preparing costs several microseconds of look-ups by
/// name, so contexts are kept and lent out one caller at a time.
final class P256Key: Sendable {
    /// What the contexts are prepared for.
    enum Operation: Sendable {
        case sign
        case verify
    }

    /// One prepared EVP_PKEY_CTX.
    private struct Context: @unchecked Sendable {  // proof: used by whoever took it from `idle`, by nobody else
        let pointer: OpaquePointer
    }

    /// More than there are threads to use them; any beyond it are freed after use.
    private static let keptContexts = 16

    private nonisolated(unsafe) let key: OpaquePointer  // proof: never changed; its reference counts are atomic
    private let operation: Operation
    private let idle = Mutex<[Context]>([])

    /// Takes over the caller's reference to `key`.
    init(owning key: OpaquePointer, for operation: Operation) {
        self.key = key
        self.operation = operation
    }

    /// A second object over the same key, for another operation.
    func shared(for operation: Operation) -> P256Key {
        mustSucceed(EVP_PKEY_up_ref(key))
        return P256Key(owning: key, for: operation)
    }

    deinit {
        for context in idle.withLock({ $0 }) { EVP_PKEY_CTX_free(context.pointer) }
        EVP_PKEY_free(key)
    }

    /// 04 || x || y.
    var point: [UInt8] {
        var point = [UInt8](repeating: 0, count: 65)
        var count = 0
        mustSucceed(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, &point, point.count, &count))
        precondition(count == 65 && point[0] == 4, "OpenSSL gives points uncompressed unless told otherwise")
        return point
    }

    /// Lends a prepared context.
    func withContext<R>(_ body: (OpaquePointer) -> R) -> R {
        let context = idle.withLock { $0.popLast() } ?? prepared()
        defer {
            let kept = idle.withLock { idle in
                guard idle.count < P256Key.keptContexts else { return false }
                idle.append(context)
                return true
            }
            if !kept { EVP_PKEY_CTX_free(context.pointer) }
        }
        return body(context.pointer)
    }

    private func prepared() -> Context {
        let context = allocated(EVP_PKEY_CTX_new_from_pkey(nil, key, nil))
        switch operation {
        case .sign: mustSucceed(EVP_PKEY_sign_init(context))
        case .verify: mustSucceed(EVP_PKEY_verify_init(context))
        }
        return Context(pointer: context)
    }
}
