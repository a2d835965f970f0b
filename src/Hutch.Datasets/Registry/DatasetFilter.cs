namespace Hutch.Datasets.Registry;

public sealed record DatasetFilter
{
    /// <summary>Only those of this owner.</summary>
    public string? Owner { get; init; }

    /// <summary>Only those in this state; null for all that are not in the trash or gone.</summary>
    public string? State { get; init; }

    /// <summary>Only those of this kind: original, derived or following.</summary>
    public string? Kind { get; init; }

    /// <summary>Only those in whose name, title or metadata the text occurs.</summary>
    public string? Text { get; init; }

    /// <summary>Only what others shared with the caller.</summary>
    public bool OnlyShared { get; init; }

    /// <summary>Go on after what an earlier page ended with.</summary>
    public string? Cursor { get; init; }

    public int Limit { get; init; } = 100;
}
