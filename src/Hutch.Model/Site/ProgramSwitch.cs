using Hutch.Model.Records;

namespace Hutch.Model.Site;

/// <summary>A program that an account switched on.</summary>
/// <param name="Dataset">The dataset; null for all datasets of the account.</param>
public sealed record ProgramSwitch(string Program, string User, DatasetId? Dataset, JsonElement? Parameters);

/// <summary>A start that a rule caused and that has not happened.</summary>
public sealed record DueStart(DatasetId Dataset, DueProgram Program)
{
    /// <summary>The id of the other site that is to start it; null while none was chosen.</summary>
    public string? Site { get; init; }

    /// <summary>The version that it reads there; null for the newest.</summary>
    public long? Snapshot { get; init; }
}

/// <summary>A run that was asked for here and that another site has started.</summary>
/// <param name="Output">The dataset for its results, which is at home there.</param>
/// <param name="Site">The id of the site.</param>
/// <param name="Time">The time of its start, in milliseconds since 1970.</param>
public sealed record HandedRun(
    Guid Run, DatasetId Dataset, DatasetId Output, string Program, string Version, string User, string Site, string SiteName,
    long Time);
