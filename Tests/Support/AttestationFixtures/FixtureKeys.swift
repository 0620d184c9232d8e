import Glibc
import Primitives
import Synchronization

/// The authorities' keys, by chain and role. Making one takes a second, so the process keeps them.
package struct FixtureKeys: Sendable {
    private struct Name: Hashable {
        let set: String
        let chain: String
        let role: FixtureRole
    }

    private static let kept = Mutex<[Name: FixtureKey]>([:])

    private let set: String
    private let folder: String?

    /// The process's own set. Another name gives other keys under the same names: a stranger's chain.
    package static let standard = FixtureKeys(set: "standard")

    /// A set by its name. With a folder, keys are read from there and written there when new, so that programs that
    /// start one after another have the same root.
    package init(set: String, folder: String? = nil) {
        self.set = set
        self.folder = folder
    }

    /// The key of an authority.
    package func key(_ role: FixtureRole, of product: FixtureProduct) throws -> FixtureKey {
        let name = Name(set: folder.map { $0 + "/" + set } ?? set, chain: product.chainName, role: role)
        if let key = FixtureKeys.kept.withLock({ $0[name] }) { return key }
        let key = try stored(name) ?? made(name)
        return FixtureKeys.kept.withLock { kept in
            if let earlier = kept[name] { return earlier }
            kept[name] = key
            return key
        }
    }

    private func path(_ name: Name) -> String? {
        folder.map { "\($0)/\(set)-\(name.chain)-\(name.role.rawValue).der" }
    }

    private func stored(_ name: Name) throws -> FixtureKey? {
        guard let path = path(name) else { return nil }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        let count = read(file, &bytes, bytes.count)
        guard count > 0 else { throw FixtureKey.Refused(step: "read \(path)") }
        return try FixtureKey(privateDER: Array(bytes[..<count]))
    }

    /// Written beside its place and then moved there: a program that starts at the same time reads all of it or
    /// nothing.
    private func made(_ name: Name) throws -> FixtureKey {
        let key = try FixtureKey.rsa()
        guard let path = path(name) else { return key }
        let beside = path + ".\(getpid())"
        let file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FixtureKey.Refused(step: "write \(beside)") }
        defer { close(file) }
        let bytes = key.privateDER
        guard write(file, bytes, bytes.count) == bytes.count else { throw FixtureKey.Refused(step: "write \(beside)") }
        // Whoever came first has made the key that counts.
        if link(beside, path) != 0, errno == EEXIST {
            unlink(beside)
            if let earlier = try stored(name) { return earlier }
        }
        unlink(beside)
        return key
    }
}
