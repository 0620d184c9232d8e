import AttestationFixtures
import Cryptography
import Glibc
import Primitives

/// A running simulator: the mounts and what answers behind them.
struct Simulator {
    private let mounts: [FUSEMount]

    /// Makes keys and certificates, cleans up after a killed run, mounts, listens.
    init(_ options: Options) throws {
        let keys = options.keys.map { FixtureKeys(set: "simulator", folder: $0) } ?? .standard
        let machine = try Machine(
            named: options.machine,
            Machine.Making(
                product: options.product, kind: options.kind, flaw: options.flaw, tcb: .current(options.product),
                keys: keys, now: SystemClock().now()))
        if let file = options.root, !Simulator.write(machine.platform.root, to: file) {
            throw FUSEMount.Refused(step: "write \(file)", code: errno)
        }
        var firmware = Firmware(
            machine: machine, hasTable: options.hasTable, throttleMilliseconds: options.throttleMilliseconds)
        firmware.fault = options.fault
        firmware.guest.measurement = options.measurement.bytes
        let driver = Driver(firmware)

        var mounts: [FUSEMount] = []
        do {
            if let path = options.sevGuest {
                let file = GuestFile(driver)
                let path = Simulator.absolute(path)
                FUSEMount.clean(path)
                // Several threads: opening the file must not wait for a request that the host throttles.
                mounts.append(try FUSEMount(over: path, isFolder: false, threads: 4) { file.answer($0) })
            }
            if let path = options.configFS {
                let folders = ReportFolders(driver)
                let path = Simulator.absolute(path)
                FUSEMount.clean(path)
                mounts.append(try FUSEMount(over: path, isFolder: true, threads: 1) { folders.answer($0) })
            }
            if let path = options.control { try Control(driver).listen(at: path) }
        } catch {
            for mount in mounts { mount.unmount() }
            throw error
        }
        self.mounts = mounts
    }

    /// Takes the mounts away.
    func stop() {
        for mount in mounts { mount.unmount() }
    }

    /// The path as the kernel lists it. Only its folder is looked up: the file itself may be a dead mount.
    private static func absolute(_ path: String) -> String {
        let parts = path.split(separator: "/")
        guard let name = parts.last else { return "/" }
        let folder = (path.hasPrefix("/") ? "/" : "./") + parts.dropLast().joined(separator: "/")
        guard let resolved = realpath(folder, nil) else { return path }
        defer { free(resolved) }
        let text = String(cString: resolved)
        return (text == "/" ? "" : text) + "/" + name
    }

    private static func write(_ certificate: [UInt8], to file: String) -> Bool {
        guard file.hasSuffix(".pem") else { return TextFile.write(file, certificate) }
        let text = Array(Base64.encode(certificate))
        var pem = "-----BEGIN CERTIFICATE-----\n"
        for start in stride(from: 0, to: text.count, by: 64) {
            pem += String(text[start..<min(start + 64, text.count)]) + "\n"
        }
        return TextFile.write(file, Array((pem + "-----END CERTIFICATE-----\n").utf8))
    }
}
