import Glibc
import Synchronization

/// The filesystem that stands for `/sys/kernel/config/tsm/report`: mkdir makes a folder with attributes.
final class ReportFolders: Sendable {
    private static let root: UInt64 = 1
    private static let folderMode: UInt32 = 0o040755
    /// A folder's node is its number with eight zero bits; its attributes count up from there.
    private static let nodeBits: UInt64 = 8

    private struct Handle {
        let folder: UInt64
        let attribute: ReportEntry.Attribute
        var content: [UInt8]?
        var written: [UInt8] = []
    }

    private struct State {
        var folders: [UInt64: (name: String, entry: ReportEntry)] = [:]
        var handles: [UInt64: Handle] = [:]
        var last: UInt64 = 0
    }

    private let driver: Driver
    private let state = Mutex(State())

    init(_ driver: Driver) {
        self.driver = driver
    }

    func answer(_ request: FUSEMessage.Request) -> FUSEMessage.Reply {
        state.withLock { state in
            do throws(ReportEntry.Refused) {
                return try answer(request, &state)
            } catch {
                return .error(error.code)
            }
        }
    }

    private func answer(
        _ request: FUSEMessage.Request, _ state: inout State
    ) throws(ReportEntry.Refused) -> FUSEMessage.Reply {
        switch request.operation {
        case .lookup: return .data(try lookup(request.name(at: 0), in: request.node, state))
        case .getAttributes, .setAttributes:
            return .data(FUSEMessage.attributesAnswer(node: request.node, mode: try mode(of: request.node, state)))
        case .mkdir: return .data(try mkdir(request.name(at: 8), in: request.node, &state))
        case .rmdir: return try rmdir(request.name(at: 0), in: request.node, &state)
        case .openDirectory: return .data(FUSEMessage.opened(handle: 0))
        case .readDirectory: return .data(list(request, state))
        case .releaseDirectory: return .done
        case .open: return .data(FUSEMessage.opened(handle: try open(request.node, &state)))
        case .read: return .data(try read(request, &state))
        case .write: return .data(try write(request, &state))
        case .flush: return flush(request, &state)
        case .release:
            state.handles[request.number(UInt64.self, at: 0)] = nil
            return .done
        default: return .error(ENOSYS)
        }
    }

    private func place(of node: UInt64) -> (folder: UInt64, attribute: ReportEntry.Attribute?) {
        let folder = node >> ReportFolders.nodeBits
        return (folder, ReportEntry.Attribute(rawValue: node & (1 << ReportFolders.nodeBits - 1)))
    }

    private func mode(of node: UInt64, _ state: State) throws(ReportEntry.Refused) -> UInt32 {
        if node == ReportFolders.root { return ReportFolders.folderMode }
        let (folder, attribute) = place(of: node)
        guard state.folders[folder] != nil else { throw ReportEntry.Refused(code: ENOENT) }
        return attribute?.mode ?? ReportFolders.folderMode
    }

    private func lookup(_ name: String, in parent: UInt64, _ state: State) throws(ReportEntry.Refused) -> [UInt8] {
        if parent == ReportFolders.root {
            if let folder = state.folders.first(where: { $0.value.name == name })?.key {
                return FUSEMessage.entry(node: folder << ReportFolders.nodeBits, mode: ReportFolders.folderMode)
            }
        } else if let attribute = ReportEntry.Attribute.allCases.first(where: { $0.name == name }) {
            return FUSEMessage.entry(node: parent + attribute.rawValue, mode: attribute.mode)
        }
        throw ReportEntry.Refused(code: ENOENT)
    }

    private func mkdir(
        _ name: String, in parent: UInt64, _ state: inout State
    ) throws(ReportEntry.Refused) -> [UInt8] {
        guard parent == ReportFolders.root else { throw ReportEntry.Refused(code: EPERM) }
        guard !state.folders.values.contains(where: { $0.name == name }) else {
            throw ReportEntry.Refused(code: EEXIST)
        }
        state.last += 1
        state.folders[state.last] = (name, ReportEntry())
        return FUSEMessage.entry(node: state.last << ReportFolders.nodeBits, mode: ReportFolders.folderMode)
    }

    private func rmdir(
        _ name: String, in parent: UInt64, _ state: inout State
    ) throws(ReportEntry.Refused) -> FUSEMessage.Reply {
        guard parent == ReportFolders.root, let folder = state.folders.first(where: { $0.value.name == name })?.key
        else { throw ReportEntry.Refused(code: ENOENT) }
        state.folders[folder] = nil
        return .done
    }

    /// fuse_read_in: handle, offset, size.
    private func list(_ request: FUSEMessage.Request, _ state: State) -> [UInt8] {
        let offset = request.number(UInt64.self, at: 8)
        let room = Int(request.number(UInt32.self, at: 16))
        let names: [(UInt64, String)] =
            request.node == ReportFolders.root
            ? state.folders.sorted { $0.key < $1.key }.map { ($0.key << ReportFolders.nodeBits, $0.value.name) }
            : ReportEntry.Attribute.allCases.map { (request.node + $0.rawValue, $0.name) }
        var listing: [UInt8] = []
        for (index, name) in names.enumerated() where UInt64(index) >= offset {
            let entry = FUSEMessage.directoryEntry(
                node: name.0, next: UInt64(index + 1), isFolder: request.node == ReportFolders.root, name: name.1)
            guard listing.count + entry.count <= room else { break }
            listing += entry
        }
        return listing
    }

    private func open(_ node: UInt64, _ state: inout State) throws(ReportEntry.Refused) -> UInt64 {
        let (folder, attribute) = place(of: node)
        guard let attribute, state.folders[folder] != nil else { throw ReportEntry.Refused(code: ENOENT) }
        state.last += 1
        state.handles[state.last] = Handle(folder: folder, attribute: attribute)
        return state.last
    }

    /// The first read makes the content; later ones go on in it.
    private func read(
        _ request: FUSEMessage.Request, _ state: inout State
    ) throws(ReportEntry.Refused) -> [UInt8] {
        let number = request.number(UInt64.self, at: 0)
        guard var handle = state.handles[number], var folder = state.folders[handle.folder] else {
            throw ReportEntry.Refused(code: EBADF)
        }
        if handle.content == nil {
            defer { state.folders[handle.folder] = folder }
            handle.content = try folder.entry.read(handle.attribute, driver)
            state.handles[number] = handle
        }
        let content = handle.content ?? []
        let offset = Int(clamping: request.number(UInt64.self, at: 8))
        return Array(content.dropFirst(offset).prefix(Int(request.number(UInt32.self, at: 16))))
    }

    /// fuse_write_in is 40 bytes; the data follows. Text attributes act at once.
    private func write(
        _ request: FUSEMessage.Request, _ state: inout State
    ) throws(ReportEntry.Refused) -> [UInt8] {
        let number = request.number(UInt64.self, at: 0)
        guard var handle = state.handles[number], var folder = state.folders[handle.folder] else {
            throw ReportEntry.Refused(code: EBADF)
        }
        let bytes = Array(request.body.dropFirst(40).prefix(Int(request.number(UInt32.self, at: 16))))
        if handle.attribute.isBinary {
            handle.written += bytes
            state.handles[number] = handle
        } else {
            defer { state.folders[handle.folder] = folder }
            try folder.entry.write(handle.attribute, bytes, driver)
        }
        return FUSEMessage.written(UInt32(bytes.count))
    }

    /// Binary attributes act when the file is closed; configfs drops their error there.
    private func flush(_ request: FUSEMessage.Request, _ state: inout State) -> FUSEMessage.Reply {
        let number = request.number(UInt64.self, at: 0)
        guard var handle = state.handles[number], var folder = state.folders[handle.folder], !handle.written.isEmpty
        else { return .done }
        try? folder.entry.write(handle.attribute, handle.written, driver)
        handle.written = []
        state.handles[number] = handle
        state.folders[handle.folder] = folder
        return .done
    }
}
