using Hutch.Datasets.Analyses;

namespace Hutch.Datasets.Programs;

/// <summary>A start as it is handed over to another site.</summary>
/// <param name="Run">The id that the run gets there: the same again returns the same run.</param>
/// <param name="Digest">The SHA-256 of the program's document, which the other site must offer, too.</param>
public sealed record HandedStart(Guid Run, string Digest)
{
    /// <summary>The name of the site, which may be that of the zone's own site; null if the place of the bytes decided.</summary>
    public string? Site { get; init; }

    /// <summary>The version of the input that the other site must have; null if the site that asks does not know one.</summary>
    public long? Newest { get; init; }

    /// <summary>True if the input is closed, which a copy may not know yet.</summary>
    public bool IsClosed { get; init; }

    /// <summary>True if all further inputs were chosen already.</summary>
    public bool HasInputs { get; init; }
}

/// <summary>The answer of a site that a start was handed over to.</summary>
/// <param name="Run">The run; another one than that of the start for a result that exists already.</param>
/// <param name="Output">The dataset for its results.</param>
/// <param name="Name">The name of that dataset, <c>owner/slug</c>.</param>
/// <param name="Same">A result of the same work that existed; null for none.</param>
public sealed record StartedElsewhere(Guid Run, DatasetId Output, string Name, SameResult? Same)
{
    /// <summary>The name of the site that answers.</summary>
    public required string Site { get; init; }
}
