namespace Hutch.Site.Life.Maintenance;

/// <summary>The result of reading all bytes again.</summary>
public sealed class StoredBytesReport
{
    public int Datasets { get; set; }

    /// <summary>Datasets with bytes that the site does not store itself.</summary>
    public int Elsewhere { get; set; }

    /// <summary>The different contents that were read.</summary>
    public long Files { get; set; }

    public long Bytes { get; set; }

    /// <summary>The first problems, a sentence each.</summary>
    public IList<string> Problems { get; } = [];
}
