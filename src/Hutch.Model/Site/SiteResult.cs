namespace Hutch.Model.Site;

/// <summary>The result of a run for one frame.</summary>
public sealed class SiteResult
{
    /// <summary>The sequence number of its record.</summary>
    public long Sequence { get; init; }

    /// <summary>The run, as 32 hex digits.</summary>
    public string Run { get; init; } = "";

    /// <summary>The number of the frame, from 1.</summary>
    public long Frame { get; init; }

    /// <summary>The row, as JSON.</summary>
    public string Row { get; init; } = "";
}
