using Hutch.Model.Records;

namespace Hutch.Node.Attempts;

/// <summary>The end of a command of an attempt, or of an attempt whose command did not run.</summary>
/// <param name="Failure">The kind of the failure; null if it is done, and for a failure that no repetition mends.</param>
/// <param name="ExitCode">The exit code of the command, if this is the failure.</param>
internal sealed record CommandOutcome(RunOutcome State, string Message, AttemptFailure? Failure = null, int? ExitCode = null)
{
    internal bool IsDone => State == RunOutcome.Done;

    internal static CommandOutcome Done(string message) => new(RunOutcome.Done, message);

    internal static CommandOutcome Failed(string message, AttemptFailure? failure = null, int? exitCode = null) =>
        new(RunOutcome.Failed, message, failure, exitCode);

    /// <summary>
    /// Returns the failure of a command that got an error while it read an input. It may have ignored the error, and left wrong results.
    /// </summary>
    internal CommandOutcome ButUnread(string reason) => Failed(
        $"A read of an input failed: {reason.TrimEnd('.')}. {Message}", AttemptFailure.Transfer);

    internal FinishAttempt ToRequest(Guid claim) =>
        new() { Claim = claim, State = State, Message = Message, Failure = Failure, ExitCode = ExitCode };
}
