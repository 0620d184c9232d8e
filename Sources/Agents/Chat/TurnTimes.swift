/// How long the steps of a turn may take, in milliseconds. Tests take shorter ones.
struct TurnTimes: Sendable {
    /// From the message to the provider's first word.
    var start = TurnLimits.startMilliseconds
    /// From that to the end of the answer.
    var answer = TurnLimits.answerMilliseconds
    /// For text that is held back to go on.
    var hold = TurnLimits.holdMilliseconds
    /// For a client to take the last event.
    var lastEvent = TurnLimits.lastEventMilliseconds
}
