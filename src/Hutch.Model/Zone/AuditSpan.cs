namespace Hutch.Model.Zone;

/// <summary>Which lines of the audit are wanted, and in which order.</summary>
public sealed record AuditSpan
{
    /// <summary>Only those after this position.</summary>
    public long After { get; init; }

    /// <summary>Only those before this position.</summary>
    public long Before { get; init; } = long.MaxValue;

    /// <summary>Only what was done at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only what was done before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Newest first instead of oldest first.</summary>
    public bool IsNewestFirst { get; init; }

    /// <summary>What is left of it, in its order, behind a line that has been read.</summary>
    public AuditSpan Behind(long position) => IsNewestFirst ? this with { Before = position } : this with { After = position };
}
