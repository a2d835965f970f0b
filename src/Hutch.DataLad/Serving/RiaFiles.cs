namespace Hutch.DataLad.Serving;

/// <summary>The small files that DataLad's and git-annex's clients read of a RIA store and of a repository in it.</summary>
internal static class RiaFiles
{
    public const string LayoutFile = "ria-layout-version";

    /// <summary>The layout of datasets in the store: by the first three characters of their ids, and the rest.</summary>
    public const string StoreLayout = "1\n";

    /// <summary>The layout of keys in a dataset: in mixed hash directories.</summary>
    public const string ObjectLayout = "2\n";

    /// <summary>The configuration of a repository. In the store it names the storage to DataLad; elsewhere to git-annex itself.</summary>
    public static string Configuration(DatasetId dataset, bool isRia)
    {
        string uuid = AnnexIds.StorageOf(dataset).ToString();
        string annex = isRia ? "" : $"[annex]\n\tuuid = {uuid}\n";
        string core = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n";
        return $"{core}{annex}[datalad \"ora-remote\"]\n\tuuid = {uuid}\n";
    }
}
