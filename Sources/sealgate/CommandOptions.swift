/// The options that commands share. Few enough that words are matched by hand.
struct CommandOptions {
    /// `--config FILE`
    private(set) var file: String?
    /// `--die-with-parent`: the process ends when the one that started it does.
    private(set) var diesWithParent = false

    /// Reads the words after the command; nil after a complaint about one that is not understood.
    init?(_ words: [String]) {
        var words = words[...]
        while let word = words.popFirst() {
            switch word {
            case "--config":
                guard let file = words.popFirst() else {
                    Terminal.complain("sealgate: --config needs a file.")
                    return nil
                }
                self.file = file
            case "--die-with-parent": diesWithParent = true
            default:
                Terminal.complain("sealgate: there is no option `\(word)`. See `sealgate help`.")
                return nil
            }
        }
    }
}
