import EventLoops
import Glibc
import HTTPServer

/// Writes to a descriptor at once, unlike `print`, whose buffer a killed program never empties.
func say(_ text: String, to descriptor: CInt = 1) {
    let bytes = Array(text.utf8)
    _ = write(descriptor, bytes, bytes.count)
}

SignalWatcher.block()
guard let options = Options(CommandLine.arguments.dropFirst()) else {
    say(Options.usage, to: 2)
    exit(2)
}
let parent = getppid()

/// Ends this program once its parent is another. Not by PR_SET_PDEATHSIG, which watches the thread that started us.
@Sendable func watchParent(on loop: EventLoop) {
    _ = loop.schedule(afterMilliseconds: 200) {
        if getppid() != parent { exit(0) }
        watchParent(on: loop)
    }
}

/// Serves until a signal asks for the end; returns the exit code.
@Sendable func serve(_ options: Options, on group: EventLoopGroup) async -> CInt {
    var configuration = ServerConfiguration()
    configuration.address = options.host
    configuration.port = options.port
    let (ending, end) = AsyncStream.makeStream(of: Void.self)
    do {
        let server = try await HTTPServer.start(
            configuration, on: group, handler: SimulatorHandler(counters: CallCounters()))
        let watcher = try await SignalWatcher.start(on: group.loops[0]) { _ in end.yield() }
        say("provider-simulator: a SIMULATOR of the Anthropic Messages API, no model answers here\n")
        say("http://\(options.host):\(server.port)\n")
        for await _ in ending { break }
        watcher.stop()
        await server.drain(withinMilliseconds: 0)
        return 0
    } catch {
        say("provider-simulator: cannot start: \(error)\n", to: 2)
        return 1
    }
}

do {
    let group = try EventLoopGroup(count: 1, name: "simulator")
    if options.diesWithParent { group.loops[0].execute { watchParent(on: group.loops[0]) } }
    group.loops[0].task { exit(await serve(options, on: group)) }
} catch {
    say("provider-simulator: cannot start: \(error)\n", to: 2)
    exit(1)
}
// Not an asynchronous `main`: its runtime keeps a thread that takes signals with their default action.
while true { pause() }
