import DeviceSimulation
import Testing

/// In a mount namespace of its own, so that the machine's own paths stay as they are.
@Suite("On the kernel's own paths", .serialized)
struct RealPathTests {
    /// A `/dev` with what programs need and nothing else, and an empty configfs.
    private static let rooms = """
        set -e
        folder=$(mktemp -d)
        mount -t tmpfs none "$folder"
        for device in fuse null urandom; do
            touch "$folder/$device"
            mount --bind "/dev/$device" "$folder/$device"
        done
        mount --rbind "$folder" /dev
        mount -t tmpfs none /sys/kernel
        mkdir -p /sys/kernel/config/tsm/report

        """

    private static func run(_ script: String, keys: String) throws -> Command {
        try Command.run(
            "/usr/bin/unshare",
            ["--mount", "--propagation", "private", "/bin/bash", "-c", rooms + script, Command.built(""), keys])
    }

    @Test func `the gateway's code finds both devices where the kernel puts them`() throws {
        let script = """
            touch /dev/sev-guest
            mkfifo "$folder/said"
            "$0sev-guest-simulator" --sev-guest /dev/sev-guest --configfs /sys/kernel/config/tsm/report \\
                --product turin --keys "$1" --die-with-parent >"$folder/said" &
            simulator=$!
            read -r said <"$folder/said"
            echo "$said"
            "$0sev-guest-simulator" probe --sev-guest /dev/sev-guest --configfs /sys/kernel/config/tsm/report
            kill $simulator
            wait $simulator
            """
        let ran = try Self.run(script, keys: FixtureFolder.path)
        #expect(ran.status == 0)
        let lines = ran.output.split(separator: "\n")
        try #require(lines.count == 3, "\(ran.output)")
        #expect(lines[0] == "ready")
        #expect(lines[1].starts(with: "sev_guest report=1184 table="))
        #expect(lines[1].hasSuffix(" key=32"))
        #expect(lines[2].starts(with: "configfs_tsm report=1184 table="))
    }

    @Test func `the simulator refuses to run beside a real device`() throws {
        let script = """
            touch "$folder/plain" /dev/sev-guest
            mount --bind /dev/null /dev/sev-guest
            exec "$0sev-guest-simulator" --sev-guest "$folder/plain" --keys "$1"
            """
        let ran = try Self.run(script, keys: FixtureFolder.path)
        #expect(ran.status == 3)
        #expect(ran.output.contains("/dev/sev-guest is real"))
    }

    @Test(arguments: [
        [], ["--sev-guest"], ["--product", "rome"], ["--sev-guest", "a", "--fault", "no-such-fault"],
        ["--sev-guest", "a", "--table", "half"], ["--sev-guest", "a", "--flaw", "no-such-flaw"], ["--nothing", "b"],
    ])
    func `a command line that makes no sense is refused`(arguments: [String]) throws {
        let ran = try Command.run(Command.built("sev-guest-simulator"), arguments)
        #expect(ran.status == 2)
        #expect(ran.output.contains("usage: sev-guest-simulator"))
    }
}
