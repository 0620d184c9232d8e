import Attestation
import Cryptography
import Glibc

/// The custodians' public keys, as the operator names them: a file of PEM blocks, or a folder of such files.
enum RecoveryKeys {
    /// Names of key files in a folder end so; anything else there is passed over.
    static let suffix = ".pub"
    private static let maximumBytes = 64 << 10
    private static let end = "-----END PUBLIC KEY-----"

    /// The keys, in the order of the file, or of the files' names. Says what is wrong with the first that is no key.
    static func read(_ path: String) throws(GatewayStartError) -> [X25519PublicKey] {
        var keys: [X25519PublicKey] = []
        for file in try files(path) {
            guard let bytes = DataFile.read(file, upTo: maximumBytes),
                let text = String(validating: bytes, as: UTF8.self)
            else { throw GatewayStartError("\(Setting.recoveryKeys.name): \(file) cannot be read.") }
            for block in blocks(of: text) {
                do throws(KeyFileError) {
                    keys.append(try X25519PublicKey(pem: Array(block.utf8)))
                } catch {
                    throw GatewayStartError(
                        "\(Setting.recoveryKeys.name): \(file) holds something else than X25519 public keys in PEM, as "
                            + "`sealgate recovery keygen` writes them.")
                }
            }
        }
        guard (1...RecoverySet.maximumShares).contains(keys.count), Set(keys).count == keys.count else {
            throw GatewayStartError(
                "\(Setting.recoveryKeys.name): \(path) holds \(keys.count) keys; it takes 1 to "
                    + "\(RecoverySet.maximumShares), each of another custodian.")
        }
        return keys
    }

    private static func blocks(of text: String) -> [String] {
        var blocks: [String] = []
        var rest = Substring(text)
        while let found = rest.firstRange(of: end) {
            blocks.append(String(rest[..<found.upperBound].drop { $0.isWhitespace }))
            rest = rest[found.upperBound...]
        }
        // What follows the last block is no key; let the reader say so.
        if rest.contains(where: { !$0.isWhitespace }) { blocks.append(String(rest)) }
        return blocks
    }

    private static func files(_ path: String) throws(GatewayStartError) -> [String] {
        guard let folder = opendir(path) else {
            guard errno == ENOTDIR else {
                throw GatewayStartError("\(Setting.recoveryKeys.name): \(path) cannot be read.")
            }
            return [path]
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(suffix) { names.append(name) }
        }
        return names.sorted().map { path + "/" + $0 }
    }
}
