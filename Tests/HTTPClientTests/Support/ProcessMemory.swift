import Foundation

/// Looks for bytes in the whole writable memory of the test program.
enum ProcessMemory {
    /// How often the bytes that `masked` gives when each is flipped by `mask` stand in memory. The search itself keeps
    /// one copy, which is not counted and zeroed at the end.
    static func count(masked: [UInt8], mask: UInt8) throws -> Int {
        let needle = UnsafeMutableRawBufferPointer.allocate(byteCount: masked.count, alignment: 1)
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4_096)
        defer {
            for part in [needle, room] {
                part.initializeMemory(as: UInt8.self, repeating: 0)
                part.deallocate()
            }
        }
        for (index, byte) in masked.enumerated() { needle[index] = byte ^ mask }
        let memory = open("/proc/self/mem", O_RDONLY)
        defer { close(memory) }
        var found = 0
        for region in try regions() {
            found += search(region, for: needle, in: memory, through: room)
        }
        return found
    }

    private static func regions() throws -> [Range<UInt>] {
        try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count > 1, parts[1].hasPrefix("rw"), !line.contains("[vvar") else { return nil }
            let ends = parts[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 ? ends[0]..<ends[1] : nil
        }
    }

    /// Pieces overlap by the needle's length, so that nothing is missed at their edges.
    private static func search(
        _ region: Range<UInt>, for needle: UnsafeMutableRawBufferPointer, in memory: CInt,
        through room: UnsafeMutableRawBufferPointer
    ) -> Int {
        var found = 0
        var position = region.lowerBound
        while position < region.upperBound {
            let wanted = min(room.count, Int(region.upperBound - position))
            let count = pread(memory, room.baseAddress, wanted, off_t(position))
            guard count >= needle.count else { break }
            for index in hits(of: needle, in: UnsafeRawBufferPointer(rebasing: room[..<count])) {
                let address = position + UInt(index)
                let isOwn = [needle, room].contains { own in
                    let start = UInt(bitPattern: own.baseAddress)
                    return (start..<start + UInt(own.count)).contains(address)
                }
                if !isOwn { found += 1 }
            }
            guard count == room.count else { break }
            position += UInt(count - needle.count + 1)
        }
        return found
    }

    private static func hits(of needle: UnsafeMutableRawBufferPointer, in piece: UnsafeRawBufferPointer) -> [Int] {
        guard let start = piece.baseAddress, let sought = needle.baseAddress else { return [] }
        var hits: [Int] = []
        var index = 0
        while index + needle.count <= piece.count {
            let room = piece.count - needle.count + 1 - index
            guard let next = memchr(start + index, CInt(needle[0]), room) else { break }
            index = UnsafeRawPointer(next) - start
            if memcmp(start + index, sought, needle.count) == 0 { hits.append(index) }
            index += 1
        }
        return hits
    }
}
