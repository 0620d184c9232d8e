import Attestation
import Cryptography
import Identity
import Primitives

/// Finds the root secret, or makes it once. Whoever reads it can open everything that is encrypted under it: addresses,
/// conversations, settings, but no provider key.
enum RootSecretStore {
    static let fileName = "root.secret"

    /// `mayBegin` says that a new one may be made if there is none: `RootPlan` decides it.
    static func load(
        hex: String?, folder: String, mayBegin: Bool, random: some RandomSource
    ) throws(GatewayStartError) -> (root: RootSecret, source: SecurityPosture.KeySource) {
        if let hex {
            guard var bytes = Hex.decode(hex) else {
                throw GatewayStartError("\(Setting.rootSecret.name) is not hex.")
            }
            defer { Wipe.bytes(&bytes) }
            return (try root(bytes), .environment)
        }
        let path = folder + "/" + fileName
        if let root = try read(path) { return (root, .file) }
        guard mayBegin else { throw GatewayStartError("\(path) is missing. Nothing was changed.") }
        var fresh = random.bytes(RootSecret.byteCount)
        defer { Wipe.bytes(&fresh) }
        guard fresh.withUnsafeBytes({ DataFile.create(path, $0) }), let root = try read(path) else {
            throw GatewayStartError("\(path) cannot be written. Give the gateway a folder of its own with free space.")
        }
        return (root, .file)
    }

    /// Reads the file back whatever happened before: of two processes that start at once, the first file counts.
    private static func read(_ path: String) throws(GatewayStartError) -> RootSecret? {
        do throws(SecretFile.Problem) {
            return RootSecret(try SecretFile.read(path, count: RootSecret.byteCount))
        } catch {
            switch error {
            case .missing: return nil
            case .notRegular: throw GatewayStartError("\(path) is a link or no file. Put the file itself there.")
            case .notOurs:
                throw GatewayStartError("\(path) belongs to another user. Run `chown` on it, and think about who did.")
            case .openToOthers:
                throw GatewayStartError(
                    "\(path) can be read or written by others. Run `chmod 600` on it, and think about who did.")
            case .wrongSize:
                throw GatewayStartError("\(path) is not a root secret of \(RootSecret.byteCount) bytes. Restore it.")
            case .unreadable: throw GatewayStartError("\(path) cannot be read.")
            case .noMemory: throw noMemory
            }
        }
    }

    private static func root(_ bytes: [UInt8]) throws(GatewayStartError) -> RootSecret {
        guard let secret = try? Secret(copying: bytes), let root = RootSecret(secret) else {
            throw noMemory
        }
        return root
    }

    static let noMemory = GatewayStartError("There is no room for the root secret in locked memory.")
}
