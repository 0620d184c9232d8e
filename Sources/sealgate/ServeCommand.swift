import Attestation
import CLinux
import EventLoops
import Gateway
import Glibc
import Primitives
import Telemetry

/// `sealgate serve`
enum ServeCommand {
    static func run(_ words: [String]) async -> Int32 {
        guard let options = CommandOptions(words) else { return ExitCode.usage }
        if options.diesWithParent { _ = linux_die_with_parent(SIGTERM) }
        let configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try Configuration(ConfigurationSource.ofProcess(file: options.file))
        } catch {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.configuration
        }
        let clock = SystemClock()
        let log = Log(descriptor: 1, clock: clock)
        defer { log.close() }
        do {
            let gateway = try await Gateway.start(configuration, log: log, clock: clock, random: SystemRandom())
            if configuration.mode == .development {
                Terminal.complain(
                    "sealgate: DEVELOPMENT MODE at \(gateway.address): "
                        + "test money, and nothing protects the keys given to it.")
            }
            await StopSignal.wait()
            await gateway.stop()
            return ExitCode.done
        } catch {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.failed
        }
    }
}
