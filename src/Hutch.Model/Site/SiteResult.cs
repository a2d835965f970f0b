namespace Hutch.Model.Site;

public sealed class SiteResult
{
    public long Sequence { get; init; }

    /// <summary>The run, as 32 hex digits.</summary>
    public string Run { get; init; } = "";

    /// <summary>The number of the frame, from 1.</summary>
    public long Frame { get; init; }

    /// <summary>The row, as JSON.</summary>
    public string Row { get; init; } = "";
}
