/// What was found where a program's provenance should lie. A gateway without one starts all the same and says so.
public enum ProvenanceFile: Hashable, Sendable {
    /// What the file beside the program is called.
    public static let name = "sealgate.provenance.json"

    /// There is no such file.
    case absent(path: String)
    /// There is one that cannot be used; the reason is for the operator.
    case unusable(path: String, reason: String)
    /// Read, not yet judged.
    case found(path: String, DSSEEnvelope, ProvenanceStatement)

    /// Reads the provenance of the running program: at `path` if the operator set one, else beside the program's file.
    public static func ofRunningProgram(path: String?) -> ProvenanceFile {
        if let path { return read(path) }
        guard let program = SmallFile.target(ofLink: "/proc/self/exe"), let slash = program.lastIndex(of: "/") else {
            return .unusable(path: name, reason: "where the program lies cannot be found out")
        }
        return read(program[...slash] + name)
    }

    /// Reads a file and both of its layers.
    public static func read(_ path: String) -> ProvenanceFile {
        let bytes: [UInt8]
        do throws(CodeHash.Unreadable) {
            bytes = try SmallFile.read(path, atMost: DSSEEnvelope.maximumBytes)
        } catch {
            guard error != .absent else { return .absent(path: path) }
            return .unusable(path: path, reason: "it cannot be read (error \(error.code))")
        }
        do {
            let envelope = try DSSEEnvelope(parsing: bytes)
            return .found(path: path, envelope, try ProvenanceStatement(in: envelope))
        } catch let fault as EnvelopeFault {
            return .unusable(path: path, reason: "it is not an envelope: \(fault)")
        } catch {
            return .unusable(path: path, reason: "it is not a provenance statement: \(error)")
        }
    }
}
