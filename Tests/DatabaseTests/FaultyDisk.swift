import CSQLite
import Database
import Foundation
import Primitives
import Synchronization

/// A disk that fails when told to, and that knows what a power cut would leave: a layer between SQLite and its own file
/// system layer, registered under a name of its own.
///
/// Every write is kept apart until the file is synchronised. `imageAfterPowerCut` applies to what was synchronised an
/// arbitrary part of what was not: sectors lost, torn and reordered, as disks do.
final class FaultyDisk: Sendable {
    /// What a file looks like on the platter, and what is on its way there.
    private struct Platter {
        var durable: [UInt8] = []
        var pending: [Change] = []
        /// How long the file is for those who read it now.
        var count = 0

        /// Whether there was room.
        mutating func write(_ bytes: [UInt8], at offset: Int, room: inout Int?) -> Bool {
            let growth = max(0, offset + bytes.count - count)
            guard growth <= room ?? growth else { return false }
            room = room.map { $0 - growth }
            count += growth
            pending.append(.write(at: offset, bytes))
            return true
        }

        mutating func truncate(to end: Int, room: inout Int?) {
            room = room.map { $0 + max(0, count - end) }
            count = min(count, end)
            pending.append(.truncate(to: end))
        }
    }

    private enum Change {
        case write(at: Int, [UInt8])
        case truncate(to: Int)
    }

    private struct State {
        var platters: [String: Platter] = [:]
        var syncs: [String: Int] = [:]
        /// Bytes by which files may still grow before the disk is full.
        var room: Int?
        /// Synchronisations that will fail.
        var failingSyncs = 0
    }

    /// The name to give to SQLite.
    let name: String
    private let state = Mutex(State())

    /// Disks under the names by which SQLite's callbacks find them, and open files by their address.
    private static let disks = Mutex<[String: FaultyDisk]>([:])
    private static let files = Mutex<[UInt: OpenFile]>([:])

    private struct OpenFile: Sendable {
        let disk: FaultyDisk
        let path: String
        let original: UInt

        var methods: sqlite3_io_methods? { UnsafePointer<sqlite3_io_methods>(bitPattern: original)?.pointee }
    }

    init() {
        name = "faulty-\(UUID().uuidString)"
        Self.disks.withLock { $0[name] = self }
        guard let standard = sqlite3_vfs_find(nil) else { preconditionFailure("SQLite has a file system layer") }
        // Layers stay registered for as long as the process lives.
        let layer = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        layer.initialize(to: standard.pointee)
        layer.pointee.pNext = nil
        layer.pointee.zName = UnsafePointer(strdup(name))
        layer.pointee.xOpen = { layer, path, file, flags, outFlags in
            FaultyDisk.open(layer, path, file, flags, outFlags)
        }
        layer.pointee.xDelete = { layer, path, synchronises in
            FaultyDisk.delete(layer, path, synchronises)
        }
        sqlite3_vfs_register(layer, 0)
    }

    // MARK: What tests ask for

    /// Once the files have grown by so many bytes the disk is full; nil for a disk without end.
    func setRoom(bytes: Int?) {
        state.withLock { $0.room = bytes }
    }

    /// The next synchronisations fail.
    func failSyncs(_ count: Int) {
        state.withLock { $0.failingSyncs = count }
    }

    /// How often files whose name ends so were synchronised.
    func syncs(ofFilesEnding suffix: String) -> Int {
        state.withLock { state in state.syncs.filter { $0.key.hasSuffix(suffix) }.values.reduce(0, +) }
    }

    /// What the files hold after a power cut now, by the last part of their paths.
    func imageAfterPowerCut(random: SeededRandom) -> [String: [UInt8]] {
        let platters = state.withLock { $0.platters }
        var image: [String: [UInt8]] = [:]
        for (path, platter) in platters.sorted(by: { $0.key < $1.key }) {
            var bytes = platter.durable
            // Some of the changes on their way, in any order, sector by sector.
            for change in platter.pending.shuffled(by: random) where random.bytes(1)[0] < 160 {
                Self.apply(change, to: &bytes, keepSector: { random.bytes(1)[0] < 200 })
            }
            image[URL(fileURLWithPath: path).lastPathComponent] = bytes
        }
        return image
    }

    // MARK: What SQLite asks for

    private static func apply(_ change: Change, to bytes: inout [UInt8], keepSector: () -> Bool = { true }) {
        switch change {
        case .truncate(let count): if count < bytes.count { bytes.removeLast(bytes.count - count) }
        case .write(let offset, let written):
            if bytes.count < offset + written.count {
                bytes += [UInt8](repeating: 0, count: offset + written.count - bytes.count)
            }
            for start in stride(from: 0, to: written.count, by: 512) where keepSector() {
                let end = min(start + 512, written.count)
                bytes.replaceSubrange(offset + start..<offset + end, with: written[start..<end])
            }
        }
    }

    private static func open(
        _ layer: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?,
        _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: CInt, _ outFlags: UnsafeMutablePointer<CInt>?
    ) -> CInt {
        guard let layer, let file, let name = layer.pointee.zName.map({ String(cString: $0) }),
            let disk = disks.withLock({ $0[name] }), let standard = sqlite3_vfs_find(nil),
            let code = standard.pointee.xOpen?(standard, path, file, flags, outFlags)
        else { return SQLITE_CANTOPEN }
        guard code == SQLITE_OK, let original = file.pointee.pMethods, let path else { return code }
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: original.pointee)
        methods.pointee.xWrite = { FaultyDisk.write($0, $1, $2, $3) }
        methods.pointee.xTruncate = { FaultyDisk.truncate($0, $1) }
        methods.pointee.xSync = { FaultyDisk.sync($0, $1) }
        file.pointee.pMethods = UnsafePointer(methods)
        files.withLock {
            $0[UInt(bitPattern: file)] = OpenFile(
                disk: disk, path: String(cString: path), original: UInt(bitPattern: original))
        }
        return SQLITE_OK
    }

    private static func delete(
        _ layer: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?, _ synchronises: CInt
    ) -> CInt {
        guard let layer, let path, let name = layer.pointee.zName.map({ String(cString: $0) }),
            let disk = disks.withLock({ $0[name] }), let standard = sqlite3_vfs_find(nil),
            let code = standard.pointee.xDelete?(standard, path, synchronises)
        else { return SQLITE_IOERR }
        disk.state.withLock { state in
            let platter = state.platters.removeValue(forKey: String(cString: path))
            state.room = state.room.map { $0 + (platter?.count ?? 0) }
        }
        return code
    }

    private static func file(_ pointer: UnsafeMutablePointer<sqlite3_file>?) -> OpenFile? {
        files.withLock { $0[UInt(bitPattern: pointer)] }
    }

    private static func write(
        _ pointer: UnsafeMutablePointer<sqlite3_file>?, _ bytes: UnsafeRawPointer?, _ count: CInt,
        _ offset: sqlite3_int64
    ) -> CInt {
        guard let file = file(pointer), let bytes else { return SQLITE_IOERR }
        let written = [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(count)))
        let hasRoom = file.disk.state.withLock { state in
            state.platters[file.path, default: Platter()].write(written, at: Int(offset), room: &state.room)
        }
        return hasRoom ? file.methods?.xWrite(pointer, bytes, count, offset) ?? SQLITE_IOERR : SQLITE_FULL
    }

    private static func truncate(_ pointer: UnsafeMutablePointer<sqlite3_file>?, _ count: sqlite3_int64) -> CInt {
        guard let file = file(pointer) else { return SQLITE_IOERR }
        file.disk.state.withLock { state in
            state.platters[file.path, default: Platter()].truncate(to: Int(count), room: &state.room)
        }
        return file.methods?.xTruncate(pointer, count) ?? SQLITE_IOERR
    }

    private static func sync(_ pointer: UnsafeMutablePointer<sqlite3_file>?, _ flags: CInt) -> CInt {
        guard let file = file(pointer) else { return SQLITE_IOERR }
        let fails = file.disk.state.withLock { state in
            guard state.failingSyncs == 0 else {
                state.failingSyncs -= 1
                return true
            }
            var platter = state.platters[file.path, default: Platter()]
            for change in platter.pending { apply(change, to: &platter.durable) }
            platter.pending = []
            state.platters[file.path] = platter
            state.syncs[file.path, default: 0] += 1
            return false
        }
        // The real file need not be synchronised: what survives is what `durable` holds.
        return fails ? SQLITE_IOERR | (4 << 8) : SQLITE_OK
    }
}

extension Array {
    /// The elements in an order that follows from `random`.
    func shuffled(by random: SeededRandom) -> [Element] {
        map { ($0, random.bytes(8)) }.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
    }
}
