import HTTPServer
import Primitives

/// Reads `RateSettings.text`: which quotas are in force.
enum RateSettings {
    /// What holds unless it is set otherwise. A person at a browser makes some hundred requests a minute; a program
    /// with a wallet may make a hundred a second. A login is two requests.
    static let standard = """
        general.address=12000/60,general.wallet=6000/60,login.address=300/60,login.wallet=60/60,\
        money.address=600/60,money.wallet=60/60,credentials.address=300/60,credentials.wallet=60/60
        """

    /// The quotas of a setting's parts, `login.wallet=60/60`, each in place of the standard one.
    static func read(_ parts: [String]) throws(ConfigurationError) -> RateLimits {
        if parts == ["off"] { return RateLimits() }
        var limits = RateLimits()
        for part in RateSettings.standard.split(separator: ",").map(String.init) + parts {
            try set(part, in: &limits)
        }
        return limits
    }

    private static func set(_ part: String, in limits: inout RateLimits) throws(ConfigurationError) {
        let sides = part.split(separator: "=", omittingEmptySubsequences: false)
        let names = sides.first.map { $0.split(separator: ".", omittingEmptySubsequences: false) } ?? []
        guard sides.count == 2, names.count == 2, let group = RateGroup(rawValue: String(names[0])),
            let counted = RateLimits.Counted(rawValue: String(names[1])), group != .unlimited
        else {
            throw ConfigurationError(
                Setting.rateLimits.name, "\(part): write group and kind, `login.address=300/60`; see the standard.")
        }
        guard let quota = RateQuota(sides[1]) else {
            throw ConfigurationError(
                Setting.rateLimits.name,
                "\(part): write requests and seconds, `300/60`, up to \(RateQuota.counts.upperBound) and "
                    + "\(RateQuota.windows.upperBound).")
        }
        limits[group, counted] = quota
    }
}
