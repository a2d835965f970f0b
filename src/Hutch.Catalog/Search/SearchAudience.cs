using Hutch.Model;

namespace Hutch.Catalog.Search;

/// <summary>
/// The words by which the index knows who may find a dataset. They stand in it like words of a text, so that what a caller may not find
/// costs nothing to leave out. Each is one word to the tokenizer: letters and digits only.
/// </summary>
public static class SearchAudience
{
    /// <summary>Everybody.</summary>
    public const string Public = "public";

    /// <summary>Who administers this site, for what is at home here.</summary>
    public const string Home = "home";

    /// <summary>The word that no dataset has.</summary>
    internal const string Nobody = "nobody";

    /// <summary>A user or a group.</summary>
    public static string Of(PrincipalId principal) => "p" + principal.ToString().Replace("-", "", StringComparison.Ordinal);

    /// <summary>A link or a token that reaches this dataset only.</summary>
    public static string Of(DatasetId dataset) => "d" + dataset.ToString().Replace("-", "", StringComparison.Ordinal);
}
