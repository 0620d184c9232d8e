import Gateway

/// `sealgate config`
enum ConfigCommand {
    static func run(_ words: [String]) -> Int32 {
        guard let options = CommandOptions(words) else { return ExitCode.usage }
        do throws(ConfigurationError) {
            let source = try ConfigurationSource.ofProcess(file: options.file)
            Terminal.say(Configuration.table(source))
            _ = try Configuration(source)
            return ExitCode.done
        } catch {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.configuration
        }
    }
}
