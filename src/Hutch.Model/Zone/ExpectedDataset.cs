namespace Hutch.Model.Zone;

/// <summary>The zone's knowledge of a site's part in a dataset.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Holding">The part of the site.</param>
public sealed record ExpectedDataset(DatasetId Dataset, string Name, Holding Holding);

/// <summary>The part of a site in a dataset.</summary>
public enum Holding
{
    /// <summary>It was asked for a copy, and has not reported it complete yet.</summary>
    Coming,

    /// <summary>It has a complete copy.</summary>
    Copy,

    /// <summary>It is the home.</summary>
    Home,
}
