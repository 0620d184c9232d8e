import Cryptography
import Ethereum
import EventLoops
import HTTPClient
import Primitives

/// `sealgate demo`
enum DemoCommand {
    static func run(_ words: [String]) async -> Int32 {
        guard words.isEmpty else {
            Terminal.complain("sealgate: demo takes no options; it is set by the environment.")
            return ExitCode.usage
        }
        do {
            let loops = try EventLoopGroup(count: 1, name: "demo")
            guard let loopback = CIDR("127.0.0.0/8") else { return ExitCode.failed }
            let client = HTTPClient(group: loops, policy: EgressPolicy(allowing: [loopback]))
            let world = try await DemoWorld()
            var journey = DemoJourney(world: world, client: client, wallet: try WalletKey.generate())
            do {
                let address = try await journey.walk()
                Terminal.say("\nThe gateway stays up; press Ctrl-C to stop it. Its routes for people: \(address)/docs")
                Terminal.say(address)
                await StopSignal.wait()
            } catch {
                Terminal.complain("\nThe demo stopped: \(error)")
                await world.stop()
                return ExitCode.failed
            }
            await world.stop()
            await client.close()
            loops.stop()
            return ExitCode.done
        } catch {
            Terminal.complain("sealgate: \(error)")
            return ExitCode.failed
        }
    }
}
