import Foundation

/// One mapping of /proc/self/smaps, as the kernel sees it.
struct MemoryMap {
    let range: Range<UInt>
    let permissions: String
    var flags: [Substring] = []

    static func ofThisProcess() throws -> [MemoryMap] {
        var maps: [MemoryMap] = []
        // Read to the end by hand: by path, Foundation stops after the first page of a file without a size.
        let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/smaps"))
        let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("VmFlags:"), let last = maps.indices.last {
                maps[last].flags = Array(words.dropFirst())
            } else if let head = MemoryMap(words) {
                maps.append(head)
            }
        }
        return maps
    }

    private init?(_ words: [Substring]) {
        let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard ends.count == 2, words.count > 1 else { return nil }
        range = ends[0]..<ends[1]
        permissions = String(words[1])
    }
}
