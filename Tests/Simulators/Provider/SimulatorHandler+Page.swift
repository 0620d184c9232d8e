extension SimulatorHandler {
    /// What `/` says.
    static let page = """
        This is a SIMULATOR of the Anthropic Messages API, for tests and demonstrations. No model answers here.

        POST /v1/messages      as https://platform.claude.com/docs/en/api/messages, text only, stream or not.
                               Any key that begins with sk-ant- is taken; any model that begins with claude-.
                               The answer is "You said: " and the last message, a word a delta.
                               A token is each begun four bytes of UTF-8: of system prompt and messages, of the answer.
        GET /simulator/calls   how many calls were started, finished, cancelled by the client, broken off, are open;
                               with ?started=N or ?cancelled=N answered once it has come so far.

        A message that begins with [simulate ...] chooses what happens; words can be combined:
          slow=MS              so many milliseconds before each delta
          status=CODE          an error status: 400 401 403 404 413 429 500 529 ...
          retry-after=S        with status=429
          overloaded           an overloaded error as the first event
          error-after=N        an overloaded error after N deltas
          cut=head|start|usage|stop, cut-after=N
                               break off after the head, after message_start, before the final usage, before the
                               end, after N deltas
          malformed-after=N    an event that is no JSON after N deltas
          stall=head, stall-after=N
                               fall silent before the head, after N deltas
          no-usage             report no tokens
          output-tokens=N      report so many output tokens at the end, whatever was said
          huge=BYTES           an answer of so many bytes, as far as max_tokens lets it
          thinking             think first
          cache                report 1000 tokens read from and 300 written to the cache

        """
}
