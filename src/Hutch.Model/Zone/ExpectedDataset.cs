namespace Hutch.Model.Zone;

/// <summary>The zone's knowledge of a site's part in a dataset.</summary>
public sealed record ExpectedDataset(DatasetId Dataset, string Name, Holding Holding);

public enum Holding
{
    /// <summary>It was asked for a copy, and has not reported it complete yet.</summary>
    Coming,

    /// <summary>It has a complete copy.</summary>
    Copy,

    /// <summary>It is the home.</summary>
    Home,
}
