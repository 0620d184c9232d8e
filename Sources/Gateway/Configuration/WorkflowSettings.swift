import Attestation
import Identity

/// Whose workflow tokens are taken, from settings.
enum WorkflowSettings {
    /// The issuer; nil where it is off.
    static func issuer(
        _ reader: SettingReader, mode: SecurityPosture.Mode
    ) throws(ConfigurationError) -> WorkflowLogin.Issuer? {
        let text = reader.text(.githubOIDC)
        guard text != "off" else {
            guard reader.optionalText(.githubKeys) == nil else {
                throw ConfigurationError(Setting.githubKeys.name, "needs \(Setting.githubOIDC.name).")
            }
            return nil
        }
        let name = try Configuration.baseURL(text, of: .githubOIDC)
        let keys: String
        if let given = reader.optionalText(.githubKeys) {
            keys = try Configuration.baseURL(given, of: .githubKeys)
        } else {
            keys = name + "/.well-known/jwks"
        }
        // Whoever answers for the keys can let any workflow in.
        guard mode == .development || keys.hasPrefix("https://") else {
            throw ConfigurationError(Setting.githubKeys.name, "in production write an https:// URL.")
        }
        return WorkflowLogin.Issuer(name: name, keySetURL: keys)
    }
}
