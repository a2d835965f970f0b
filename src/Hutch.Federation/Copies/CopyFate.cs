namespace Hutch.Federation.Copies;

/// <summary>What has become of a dataset while a copy of it came.</summary>
internal enum CopyFate
{
    /// <summary>It is there.</summary>
    Wanted,

    /// <summary>Its home has deleted it: the copy goes into the trash here.</summary>
    Over,

    /// <summary>The zone has ordered that it ends at every site: there is to be no copy.</summary>
    Purged,
}
