namespace Hutch.Catalog.Search;

/// <summary>An order of datasets other than the newest first.</summary>
/// <param name="Field">The field by whose values they are ordered; null for their names.</param>
/// <param name="IsDescending">True if the greatest comes first. Datasets without a value come last either way.</param>
public sealed record SearchOrder(SearchField? Field, bool IsDescending)
{
    /// <summary>The most datasets that are ordered.</summary>
    public const int Most = 10_000;

    /// <summary>Compares two datasets by this order; with equal values, the newer one comes first.</summary>
    public int Compare(SearchCursor one, SearchCursor other)
    {
        int byValue = (one.Value, other.Value) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            (double a, double b) => Directed(a.CompareTo(b)),
            (double, _) => Directed(-1),
            (_, double) => Directed(1),
            var (a, b) => Directed(string.CompareOrdinal((string)a, (string)b)),
        };
        return byValue != 0 ? byValue : other.Key.CompareTo(one.Key);
    }

    private int Directed(int comparison) => IsDescending ? -comparison : comparison;
}
