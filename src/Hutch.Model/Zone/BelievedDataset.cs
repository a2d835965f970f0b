namespace Hutch.Model.Zone;

/// <summary>What the zone believes a site to have of a dataset.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Holding">As what.</param>
public sealed record BelievedDataset(DatasetId Dataset, string Name, Holding Holding);

/// <summary>As what a site has a dataset.</summary>
public enum Holding
{
    /// <summary>It was asked to have a copy, and has not said yet that all of it is there.</summary>
    Coming,

    /// <summary>It has a whole copy.</summary>
    Copy,

    /// <summary>It is the home.</summary>
    Home,
}
