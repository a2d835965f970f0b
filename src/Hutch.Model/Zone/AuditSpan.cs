namespace Hutch.Model.Zone;

/// <summary>A part of the audit log, with its order.</summary>
public sealed record AuditSpan
{
    public long After { get; init; }

    public long Before { get; init; } = long.MaxValue;

    /// <summary>Only entries at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only entries before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only actions of this account.</summary>
    public string? User { get; init; }

    /// <summary>Only this action, such as <c>grant.change</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Only lines about this, such as <c>dataset:UUID</c>.</summary>
    public string? Target { get; init; }

    /// <summary>True to leave out the actions of the server itself, such as taking in summaries of a site.</summary>
    public bool IsWithoutServer { get; init; }

    /// <summary>True for newest first; false for oldest first.</summary>
    public bool IsNewestFirst { get; init; }

    /// <summary>The rest of the part, in its order, after an entry that was read.</summary>
    public AuditSpan Behind(long position) => IsNewestFirst ? this with { Before = position } : this with { After = position };
}
