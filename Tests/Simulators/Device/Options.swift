import AttestationFixtures

/// The command line of a simulator run.
struct Options {
    var sevGuest: String?
    var configFS: String?
    var product = FixtureProduct.genoa
    var kind = FixtureVEK.Kind.vcek
    var measurement = Guest.Measurement.own
    var hasTable = true
    var fault = FirmwareFault.none
    var flaw: EvidenceFlaw?
    var machine = "first"
    var control: String?
    var root: String?
    var keys: String?
    var throttleMilliseconds = 60_000
    var diesWithParent = false

    static let usage = """
        usage: sev-guest-simulator [--sev-guest PATH] [--configfs FOLDER] [--product milan|genoa|siena|turin]
                   [--kind vcek|vlek] [--firmware provider|own] [--table full|empty] [--fault NAME] [--flaw NAME]
                   [--host NAME] [--control PATH] [--write-root FILE] [--keys FOLDER] [--throttle-milliseconds N]
                   [--die-with-parent]
               sev-guest-simulator probe [--sev-guest PATH] [--configfs FOLDER]

        Simulates the guest's side of AMD SEV-SNP: mounts itself over an existing plain file and answers its ioctls,
        and over an existing folder and serves configfs-tsm reports. Needs root and /dev/fuse, and refuses to run
        beside real hardware. Says "ready" when it answers.

        --write-root writes its root certificate (DER, or PEM for a name that ends in .pem). --keys keeps the
        authorities' keys in a folder, so that the next run has the same root. --control listens on a unix socket for
        lines: fault NAME, flaw NAME|none, measurement own|provider|HEX, policy NUMBER, svn NUMBER, vmpl NUMBER,
        version NUMBER, tcb part=NUMBER,..., host NAME, kind vcek|vlek, table full|empty, restart, calls.

        "probe" asks the devices at these paths with the gateway's own code and prints what they say.

        """

    /// Nil if the arguments make no sense.
    init?(_ arguments: some Sequence<String>) {
        var arguments = Array(arguments)[...]
        while let argument = arguments.popFirst() {
            if argument == "--die-with-parent" {
                diesWithParent = true
                continue
            }
            guard let value = arguments.popFirst(), take(argument, value) else { return nil }
        }
        if sevGuest == nil && configFS == nil { return nil }
    }

    private mutating func take(_ argument: String, _ value: String) -> Bool {
        switch argument {
        case "--sev-guest": sevGuest = value
        case "--configfs": configFS = value
        case "--host": machine = value
        case "--control": control = value
        case "--write-root": root = value
        case "--keys": keys = value
        case "--product": return Options.set(&product, FixtureProduct(rawValue: value))
        case "--kind": return Options.set(&kind, FixtureVEK.Kind(rawValue: value))
        case "--firmware": return Options.set(&measurement, Guest.Measurement(rawValue: value))
        case "--fault": return Options.set(&fault, FirmwareFault(rawValue: value))
        case "--flaw":
            flaw = EvidenceFlaw(rawValue: value)
            return flaw != nil
        case "--throttle-milliseconds": return Options.set(&throttleMilliseconds, Int(value))
        case "--table":
            hasTable = value == "full"
            return value == "full" || value == "empty"
        default: return false
        }
        return true
    }

    private static func set<Value>(_ member: inout Value, _ value: Value?) -> Bool {
        guard let value else { return false }
        member = value
        return true
    }
}
