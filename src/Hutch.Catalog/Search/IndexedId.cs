namespace Hutch.Catalog.Search;

/// <summary>The id of a row: that of a dataset, or of its publication.</summary>
internal static class IndexedId
{
    /// <summary>The condition of rows of datasets: their ids begin with hexadecimal digits.</summary>
    public const string IsDataset = "id < 'p'";

    private const string PublicationMark = "p:";

    public static string Of(DatasetId dataset, bool isPublication) => (isPublication ? PublicationMark : "") + dataset;

    public static (DatasetId Dataset, bool IsPublication) Parse(string id)
    {
        bool isPublication = id.StartsWith(PublicationMark, StringComparison.Ordinal);
        return (new DatasetId(Guid.Parse(id.AsSpan(isPublication ? PublicationMark.Length : 0))), isPublication);
    }
}
