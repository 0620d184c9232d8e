import Attestation
import Cryptography
import Primitives

/// The release list on disk, and the key that has to have signed it.
struct ReleaseListFile: Sendable {
    private static let maximumKeyBytes = 4 << 10

    private let path: String
    /// Whose signature counts.
    let key: Ed25519PublicKey

    /// Reads the key.
    init(_ files: AttestationSettings.HandoverFiles) throws(GatewayStartError) {
        guard let pem = DataFile.read(files.key, upTo: ReleaseListFile.maximumKeyBytes) else {
            throw GatewayStartError("\(Setting.releaseKey.name): \(files.key) cannot be read.")
        }
        do throws(KeyFileError) {
            key = try Ed25519PublicKey(pem: pem)
        } catch {
            throw GatewayStartError(
                "\(Setting.releaseKey.name): \(files.key) is no Ed25519 public key in PEM, as `openssl pkey -pubout` "
                    + "writes it (\(error)).")
        }
        path = files.list
    }

    /// The list as it stands there now, if it is signed; its date is not looked at.
    func read() throws(ReleaseListFault) -> ReleaseList {
        guard let bytes = DataFile.read(path, upTo: DSSEEnvelope.maximumBytes) else {
            throw .content(path: "", detail: "cannot be read")
        }
        return try ReleaseList(bytes, signedBy: key)
    }

    /// The list, if it is signed and good now; else a complaint about the setting.
    func begin(at now: Timestamp) throws(GatewayStartError) -> ReleaseList {
        do throws(ReleaseListFault) {
            let list = try read()
            try list.check(at: now)
            return list
        } catch {
            throw GatewayStartError("\(Setting.releaseList.name): \(path): \(error).")
        }
    }
}
