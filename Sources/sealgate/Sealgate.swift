import EventLoops
import Glibc

/// The program: one file a command.
@main
enum Sealgate {
    /// Not `async`: the runtime would park the first thread in libdispatch, which waits there with no signal blocked,
    /// and SIGTERM would end the process instead of reaching `SignalWatcher`.
    static func main() {
        // Before any thread starts: a thread that does not block SIGTERM would die of it.
        SignalWatcher.block()
        signal(SIGPIPE, SIG_IGN)
        let words = Array(CommandLine.arguments.dropFirst())
        Task.detached { exit(await run(words)) }
        while true { pause() }
    }

    private static func run(_ words: [String]) async -> Int32 {
        let rest = Array(words.dropFirst())
        switch words.first {
        case "serve": return await ServeCommand.run(rest)
        case "demo": return await DemoCommand.run(rest)
        case "config": return ConfigCommand.run(rest)
        case "openapi": return await OpenAPICommand.run(rest)
        case "provenance": return ProvenanceCommand.run(rest)
        case "verify": return await VerifyCommand.run(rest)
        case "recovery": return await RecoveryCommand.run(rest)
        case "handover": return await HandoverCommand.run(rest)
        case "release-list": return ReleaseListCommand.run(rest)
        case "version": return VersionCommand.run()
        case "help", "--help", "-h": return HelpCommand.run()
        case nil:
            Terminal.complain(HelpCommand.text)
            return ExitCode.usage
        case let word?:
            Terminal.complain("sealgate: there is no command `\(word)`. See `sealgate help`.")
            return ExitCode.usage
        }
    }
}

/// What the shell is told (sysexits.h where it has a word for it).
enum ExitCode {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let usage: Int32 = 64
    static let configuration: Int32 = 78
}
