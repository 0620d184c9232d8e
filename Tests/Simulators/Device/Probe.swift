import Attestation
import Cryptography
import Glibc
import Primitives

/// Asks devices with the gateway's own code, as a program that is not the simulator.
enum Probe {
    /// Prints one line a device and returns whether each gave evidence over what was asked.
    static func run(_ options: Options) -> Bool {
        var isGood = true
        if let path = options.sevGuest {
            isGood = report(.forced(.sevGuest), sevGuest: path, configFS: "") && isGood
        }
        if let path = options.configFS {
            isGood = report(.forced(.configfsTSM), sevGuest: "", configFS: path) && isGood
        }
        return isGood
    }

    private static func report(_ selection: DeviceSelection, sevGuest: String, configFS: String) -> Bool {
        do throws(DeviceFault) {
            let device = try selection.device(sevGuestPath: sevGuest, configFSPath: configFS)
            guard let data = ReportData(SystemRandom().bytes(64)) else { return false }
            let evidence = try device.evidence(for: data)
            var line = "\(device.kind.rawValue) report=\(evidence.report.count) table=\(evidence.certificates.count)"
            if device.kind == .sevGuest { line += " key=\(try device.derivedKey(DerivedKeyRequest()).count)" }
            say(line + "\n")
            return true
        } catch {
            say("\(error.code)\n")
            return false
        }
    }
}
