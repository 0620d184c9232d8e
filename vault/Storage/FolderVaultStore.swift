import Glibc
public import Primitives
import Synchronization

/// Ciphertexts in a folder: one folder a wallet, one file for each version of a secret. A file is written beside, made
/// durable, named, and its folder made durable, all before a row refers to it; it is never written again.
///
/// One process uses the folder at a time: it holds a lock on it as long as it lives.
public final class FolderVaultStore: VaultStore {
    /// Larger than any envelope.
    private static let maximumFileBytes = 8_192
    private static let generationBytes = 16
    private static let beginningSuffix = ".new"
    /// Where whole files go that no row refers to.
    private static let aside = "unreferenced"

    private let path: String
    private let random: any RandomSource
    private let lock: Mutex<CInt?>

    /// The store in a folder that exists. Throws `noFolder` if it does not, cannot be written, or another process
    /// holds it.
    public init(path: String, random: any RandomSource) throws(VaultStoreError) {
        self.path = path
        self.random = random
        let file = open(path + "/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .noFolder }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(file)
            throw .noFolder
        }
        lock = Mutex(file)
    }

    deinit {
        close()
    }

    /// Gives the folder's lock up.
    public func close() {
        lock.withLock { file in
            if let held = file { Glibc.close(held) }
            file = nil
        }
    }

    /// Files are made before rows.
    public var isApart: Bool { true }

    /// Writes a file that was not there before.
    public func keep(_ envelope: [UInt8], at place: VaultPlace) throws(VaultStoreError) -> StoredEnvelope {
        let folder = path + "/" + place.folder
        if mkdir(folder, 0o700) == 0 {
            guard FolderVaultStore.sync(path) else { throw .notWritten }
        } else if errno != EEXIST {
            throw .notWritten
        }
        let generation = Hex.encode(random.bytes(FolderVaultStore.generationBytes))
        let name = place.folder + "/" + place.file + "-" + generation
        let (beginning, final) = (path + "/" + name + FolderVaultStore.beginningSuffix, path + "/" + name)
        let file = open(beginning, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .notWritten }
        let isWritten = write(file, envelope, envelope.count) == envelope.count && fsync(file) == 0
        Glibc.close(file)
        guard isWritten, rename(beginning, final) == 0, FolderVaultStore.sync(folder) else {
            unlink(beginning)
            unlink(final)
            throw .notWritten
        }
        return StoredEnvelope(file: name)
    }

    /// Reads the file; the row's own bytes for a record from before there was a folder.
    public func envelope(_ stored: StoredEnvelope) throws(VaultStoreError) -> [UInt8]? {
        guard let name = stored.file else { return stored.inline }
        guard FolderVaultStore.isOurs(name) else { return nil }
        let file = open(path + "/" + name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { throw .notRead }
        defer { Glibc.close(file) }
        var bytes = [UInt8](repeating: 0, count: FolderVaultStore.maximumFileBytes + 1)
        let count = read(file, &bytes, bytes.count)
        guard count >= 0 else { throw .notRead }
        guard count <= FolderVaultStore.maximumFileBytes else { return nil }
        return Array(bytes.prefix(count))
    }

    /// Unlinks the files.
    public func forget(_ stored: [StoredEnvelope]) {
        for name in stored.compactMap(\.file) where FolderVaultStore.isOurs(name) { unlink(path + "/" + name) }
    }

    /// Unlinks begun files, and puts aside whole ones that no row refers to. It looks before it touches anything: with
    /// a file missing, or with files but no row that names one, this is not the database that belongs to the folder.
    public func recover(keeping files: Set<String>, isKnown: Bool) throws(VaultStoreError) -> Set<String> {
        var found: Set<String> = []
        for folder in FolderVaultStore.names(in: path) where FolderVaultStore.isDigits(folder[...], 64) {
            for file in FolderVaultStore.names(in: path + "/" + folder) { found.insert(folder + "/" + file) }
        }
        let missing = files.subtracting(found)
        guard missing.isEmpty else { return missing }
        let begun = found.filter { $0.hasSuffix(FolderVaultStore.beginningSuffix) }
        let unreferenced = found.subtracting(begun).subtracting(files)
        guard isKnown || unreferenced.isEmpty else { throw .unknownFiles }
        for name in begun { unlink(path + "/" + name) }
        for name in unreferenced { putAside(name) }
        return []
    }

    /// What cannot be moved stays where it is, and is met again at the next start.
    private func putAside(_ name: String) {
        let place = path + "/" + FolderVaultStore.aside
        mkdir(place, 0o700)
        mkdir(place + "/" + name.prefix { $0 != "/" }, 0o700)
        rename(path + "/" + name, place + "/" + name)
    }

    /// Whether a row's name leads nowhere but to a file of ours: `<64 digits>/<64 digits>-<32 digits>`.
    private static func isOurs(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, isDigits(parts[0], 64) else { return false }
        let file = parts[1].split(separator: "-", omittingEmptySubsequences: false)
        return file.count == 2 && isDigits(file[0], 64) && isDigits(file[1], 2 * generationBytes)
    }

    private static func isDigits(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func sync(_ folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { Glibc.close(descriptor) }
        return fsync(descriptor) == 0
    }
}
