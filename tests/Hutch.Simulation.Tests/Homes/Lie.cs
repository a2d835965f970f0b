namespace Hutch.Simulation.Tests.Homes;

/// <summary>What a site does wrong that is to hold a copy.</summary>
public enum Lie
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It signs that something else came out.</summary>
    WrongDigest,

    /// <summary>It signs for another question.</summary>
    OldNonce,

    /// <summary>Its statement is signed with the key of another site.</summary>
    AnotherSite,

    /// <summary>Its statement is of another dataset.</summary>
    AnotherDataset,

    /// <summary>It attests truly, and gives other bytes.</summary>
    Garbage,

    /// <summary>It attests truly, and gives no byte.</summary>
    Nothing,

    /// <summary>It attests truly, and says that it has nothing.</summary>
    Gone,

    /// <summary>It does not answer.</summary>
    Away,
}
