package import AttestationFixtures
import Glibc

/// Where the forged authorities' keys are kept, beside the tests' programs: they take seconds to make, so simulators
/// and later runs share them.
public enum FixtureFolder {
    /// The folder.
    public static let path: String = {
        let path = Command.built("fixture-keys")
        mkdir(path, 0o700)
        return path
    }()

    /// The keys of the simulator's authorities.
    package static let keys = FixtureKeys(set: "simulator", folder: path)
}
