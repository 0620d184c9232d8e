import Gateway

/// `sealgate version`
enum VersionCommand {
    static func run() -> Int32 {
        Terminal.say("sealgate \(Version.text)")
        return ExitCode.done
    }
}
