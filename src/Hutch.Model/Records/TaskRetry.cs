namespace Hutch.Model.Records;

/// <summary>The ends of attempts after which a run gets another attempt, and the delay before it.</summary>
/// <param name="After">The kinds of such ends.</param>
/// <param name="DelaySeconds">The delay before the second attempt; it doubles with each further one.</param>
/// <param name="MaxDelaySeconds">The longest delay.</param>
public sealed record TaskRetry(IReadOnlyList<AttemptFailure> After, long DelaySeconds, long MaxDelaySeconds)
{
    /// <summary>
    /// The retry of a program whose document says nothing about it. What killed a node, or filled its disk, may do so again at once.
    /// </summary>
    public static TaskRetry Usual { get; } = new([AttemptFailure.Lost, AttemptFailure.NoSpace], 2, 600);

    /// <summary>The exit codes that <see cref="AttemptFailure.ExitCode"/> means; empty for all except 0.</summary>
    public IReadOnlyList<int> ExitCodes { get; init; } = [];

    public bool Covers(AttemptFailure failure, int? exitCode) => After.Contains(failure)
        && (failure != AttemptFailure.ExitCode || ExitCodes.Count == 0 || (exitCode is { } code && ExitCodes.Contains(code)));

    /// <summary>Returns the delay after a number of attempts, in milliseconds.</summary>
    public long DelayAfter(int attempts)
    {
        var policy = new RetryPolicy { FirstDelay = TimeSpan.FromSeconds(DelaySeconds), MaxDelay = TimeSpan.FromSeconds(MaxDelaySeconds) };
        return (long)policy.DelayAfter(attempts).TotalMilliseconds;
    }
}

/// <summary>The way in which an attempt of a run ended without the results that its program must leave.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptFailure>))]
public enum AttemptFailure
{
    /// <summary>Its node or engine died, or gave it up.</summary>
    [JsonStringEnumMemberName("lost")]
    Lost,

    /// <summary>The command ended with an exit code that is not 0.</summary>
    [JsonStringEnumMemberName("exit-code")]
    ExitCode,

    /// <summary>The command was ended at its time limit.</summary>
    [JsonStringEnumMemberName("time-limit")]
    TimeLimit,

    /// <summary>The command ended with 0, but left no file that its program requires.</summary>
    [JsonStringEnumMemberName("missing-file")]
    MissingFile,

    /// <summary>Inputs could not be staged, or results could not be sent.</summary>
    [JsonStringEnumMemberName("transfer")]
    Transfer,

    /// <summary>The command needed more memory than its program allows.</summary>
    [JsonStringEnumMemberName("memory")]
    Memory,

    /// <summary>The results became larger than their program, or the quota of their owner, allows.</summary>
    [JsonStringEnumMemberName("disk-limit")]
    DiskLimit,

    /// <summary>The disk of the node, or of the server, had no room for inputs or results.</summary>
    [JsonStringEnumMemberName("no-space")]
    NoSpace,
}
