namespace Hutch.Model.Annex;

/// <summary>The layout of RIA stores: the names of their files, and how these name datasets.</summary>
public static class RiaLayout
{
    public const string VersionFile = "ria-layout-version";
    public const string AliasFolder = "alias";

    /// <summary>The version of a store; each dataset in it has a version of its own.</summary>
    public const string StoreVersion = "1";

    /// <summary>The file that every bare repository has.</summary>
    public const string HeadFile = "HEAD";

    /// <summary>The length of the first of the two folders of a dataset.</summary>
    public const int IdStartLength = 3;

    /// <summary>The keys of a dataset, in its folder.</summary>
    public const string KeyFolder = "annex/objects";

    /// <summary>The archive of a dataset's keys, in its folder.</summary>
    public const string ArchiveFile = "archives/archive.7z";

    /// <summary>The folder of a dataset in a store.</summary>
    public static string PathOf(DatasetId id)
    {
        string text = id.ToString();
        return $"{text[..IdStartLength]}/{text[IdStartLength..]}";
    }

    /// <summary>The dataset whose folder a link in <see cref="AliasFolder"/> leads to; null for none.</summary>
    public static DatasetId? OfAlias(string? target)
    {
        string[] parts = (target ?? "").TrimEnd('/').Split('/');
        return parts.Length >= 2 && DatasetId.TryParse(parts[^2] + parts[^1], out DatasetId id) ? id : null;
    }

    /// <summary>The version in a version file, without the flags behind it.</summary>
    public static string VersionOf(string text) => text.Trim().Split('|')[0];
}
