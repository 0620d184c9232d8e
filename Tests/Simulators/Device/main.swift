import Glibc

/// Writes to a descriptor at once, unlike `print`, whose buffer a killed program never empties.
func say(_ text: String, to descriptor: CInt = 1) {
    let bytes = Array(text.utf8)
    _ = write(descriptor, bytes, bytes.count)
}

var arguments = CommandLine.arguments.dropFirst()
let isProbe = arguments.first == "probe"
if isProbe { arguments = arguments.dropFirst() }
guard let options = Options(arguments) else {
    say(Options.usage, to: 2)
    exit(2)
}
if isProbe { exit(Probe.run(options) ? 0 : 1) }
if let hardware = RealHardware.found {
    say("sev-guest-simulator: \(hardware) is real: no simulator beside it\n", to: 2)
    exit(3)
}
if geteuid() != 0 {
    say("sev-guest-simulator: needs root, to mount and to reach into its callers\n", to: 2)
    exit(3)
}

let parent = getppid()
var ending = sigset_t()
sigemptyset(&ending)
for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&ending, signal) }
sigprocmask(SIG_BLOCK, &ending, nil)
signal(SIGPIPE, SIG_IGN)

do {
    let simulator = try Simulator(options)
    say("ready\n")
    // Not by PR_SET_PDEATHSIG, which watches the thread that started us.
    var pause = timespec(tv_sec: 0, tv_nsec: 200_000_000)
    while sigtimedwait(&ending, nil, &pause) < 0 {
        if options.diesWithParent && getppid() != parent { break }
    }
    simulator.stop()
    exit(0)
} catch {
    say("sev-guest-simulator: cannot start: \(error)\n", to: 2)
    exit(1)
}
