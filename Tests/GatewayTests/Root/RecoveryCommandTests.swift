import Attestation
import DeviceSimulation
import Foundation
import Primitives
import Testing

@Suite("The commands of recovery")
struct RecoveryCommandTests {
    private static let program = Command.built("sealgate")

    /// Runs the program with a line of the shell's, in a folder; `$S` is the program.
    private func run(_ line: String, in folder: TemporaryFolder) throws -> (status: CInt, output: String) {
        let result = try Command.run("/bin/sh", ["-c", "cd '\(folder.path)' && S='\(Self.program)' && \(line)"])
        return (result.status, result.output)
    }

    @Test("Three custodians make keys, a gateway begins, moves, and two of their lines bring it back")
    func journey() async throws {
        let sealed = try SealedGateway()
        let folder = sealed.folder
        for index in 0..<3 {
            try FileManager.default.removeItem(atPath: folder.file("custodian\(index).pub"))
            #expect(try run("$S recovery keygen --output c\(index)", in: folder).status == 0)
            let mode = try FileManager.default.attributesOfItem(atPath: folder.file("c\(index).key"))[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
        #expect(try run("$S recovery keygen --output c0", in: folder).status == 1, "no key is ever replaced")
        let key = try await sealed.run { try await $0.visitor().key }
        let file = try sealed.configurationFile()

        let share = "$S recovery share --recovery data/root.recovery.json --key"
        for index in 0..<3 {
            #expect(try run("\(share) c\(index).key 2>/dev/null >line\(index)", in: folder).status == 0)
        }
        let other = try run("$S recovery keygen --output stranger && \(share) stranger.key", in: folder)
        #expect(other.status == 1 && other.output.contains("no share in"))

        let few = try run("$S recovery rehearse --config \(file) <line1", in: folder)
        #expect(few.status == 1 && few.output.contains("2 shares are needed, and 1 were brought"), "\(few.output)")
        let rehearsal = try run("cat line1 line2 | $S recovery rehearse --config \(file)", in: folder)
        #expect(rehearsal.status == 0 && rehearsal.output.contains("the shares give the root back: 2 shares brought"))

        try sealed.machine.tell("host second")
        let start = try run("$S serve --config \(file)", in: folder)
        #expect(start.status == 1 && start.output.contains("this is another machine"))
        let restore = try run("cat line0 line2 | $S recovery restore --config \(file)", in: folder)
        #expect(restore.status == 0 && restore.output.contains("the root is sealed to this machine"))
        for line in ["line0", "line1", "line2"] {
            let text = String(decoding: try folder.read(line), as: UTF8.self)
            #expect(text.hasPrefix("SGR1-") && text.utf8.count == RecoveryShare.textBytes + 1)
            #expect(!(rehearsal.output + restore.output).contains(text.dropLast()))
        }
        try await sealed.run { _ = try await $0.visitor(key) }
    }

    @Test(
        "A command that cannot be followed says what is missing",
        arguments: [
            ("recovery", "usage:"), ("recovery keygen", "--output is missing"), ("recovery share", "--key is missing"),
            ("recovery share --key", "--key needs a value"), ("recovery keygen --out x", "no option `--out`"),
            ("recovery keygen --output a --output b", "given twice"), ("recovery undo", "usage:"),
        ])
    func usage(words: String, says: String) throws {
        let result = try run("$S \(words) </dev/null", in: TemporaryFolder())
        #expect(result.status == 64 && result.output.contains(says), "\(result.output)")
    }
}
