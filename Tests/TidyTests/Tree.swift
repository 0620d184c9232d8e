import Foundation

/// The repository as it lies on disk.
enum Tree {
    /// The folder that holds Package.swift.
    static let top: URL = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every text file, in the order of their paths.
    static let files: [SourceFile] = read()

    /// The paths of all files, text or not.
    static let paths: [String] = list("")

    /// Folders whose contents nobody here writes.
    private static let foreign: Set<String> = [
        ".git", ".build", ".venv", "dist", "__pycache__", ".hypothesis", "corpus",
    ]

    private static let textKinds: Set<String> = [
        "swift", "py", "md", "c", "h", "modulemap", "sql", "json", "html", "css", "js", "txt", "in", "ini", "yml", "",
    ]

    private static func list(_ folder: String) -> [String] {
        let here = top.appendingPathComponent(folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: here.path)) ?? []
        return names.sorted().filter { !foreign.contains($0) }.flatMap { name -> [String] in
            let path = folder.isEmpty ? name : folder + "/" + name
            var isFolder: ObjCBool = false
            let full = top.appendingPathComponent(path).path
            guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) else { return [] }
            return isFolder.boolValue ? list(path) : [path]
        }
    }

    private static func read() -> [SourceFile] {
        paths.compactMap { path in
            guard let bytes = FileManager.default.contents(atPath: top.appendingPathComponent(path).path),
                let text = String(bytes: bytes, encoding: .utf8)
            else { return nil }
            let file = SourceFile(path: path, text: text)
            return textKinds.contains(file.kind) ? file : nil
        }
    }
}
