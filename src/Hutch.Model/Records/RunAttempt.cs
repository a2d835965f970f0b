namespace Hutch.Model.Records;

/// <summary>
/// The state of a run that an engine of the site executes. Attempts are numbered from 1 and rise. Only the newest one can write results, so
/// that a lost node that comes back changes nothing.
/// </summary>
/// <param name="Number">The number of the newest attempt; 0 before the first.</param>
public sealed record RunAttempt(int Number, AttemptPhase Phase)
{
    /// <summary>The run before its first attempt.</summary>
    public static RunAttempt None { get; } = new(0, AttemptPhase.Queued);

    /// <summary>The engine that got it; null before the first attempt.</summary>
    public string? Engine { get; init; }

    /// <summary>The SHA-256 of the secret in the attempt's token.</summary>
    public BlobHash? Secret { get; init; }

    /// <summary>The time when the engine got it, in milliseconds since 1970.</summary>
    public long? Issued { get; init; }

    /// <summary>The machine that executes it; null until one has claimed it.</summary>
    public string? Node { get; init; }

    /// <summary>The claim of that node. A second node with the same token has another one, and ends.</summary>
    public Guid? Claim { get; init; }

    /// <summary>The time of the claim, in milliseconds since 1970; null without one, and in records of earlier releases.</summary>
    public long? Claimed { get; init; }

    /// <summary>The reason why it waits again; null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>The number of attempts that were lost or failed since a user last started or retried it.</summary>
    [JsonPropertyName("lost")]
    public int Spent { get; init; }

    /// <summary>The number of attempts that ended with the server; null for none. They are not <see cref="Spent"/>.</summary>
    public int? Interrupted { get; init; }

    /// <summary>The time before which the next attempt does not start, in milliseconds since 1970; null for no delay.</summary>
    public long? NotBefore { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<AttemptPhase>))]
public enum AttemptPhase
{
    /// <summary>It waits for an engine.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>An engine has it; no node has claimed it yet.</summary>
    [JsonStringEnumMemberName("issued")]
    Issued,

    /// <summary>A node executes it.</summary>
    [JsonStringEnumMemberName("claimed")]
    Claimed,
}

/// <summary>An attempt of a run.</summary>
public readonly record struct AttemptKey(Guid Run, int Number)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Run:N}-{Number}");

    /// <summary>Parses the text of <see cref="ToString"/>.</summary>
    public static bool TryParse(string text, out AttemptKey attempt)
    {
        attempt = default;
        if (text.Split('-') is not [var run, var number] || !Guid.TryParseExact(run, "N", out Guid id)
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed))
        {
            return false;
        }

        attempt = new AttemptKey(id, parsed);
        return true;
    }
}

/// <summary>
/// The end of an attempt, which is committed only while it is the newest attempt of its run and the run has not ended.
/// </summary>
/// <param name="Claim">The claim of the node.</param>
public sealed record AttemptEnd(AttemptKey Attempt, Guid Claim, RunOutcome Outcome, string? Message)
{
    /// <summary>The kind of its failure; null for none, and for one that is never retried.</summary>
    public AttemptFailure? Failure { get; init; }

    /// <summary>The exit code of its command; null for another failure.</summary>
    public int? ExitCode { get; init; }
}
