namespace Hutch.Catalog.Search;

/// <summary>
/// The words in the index for the users that may find a dataset, and for their rights to its details. They are indexed like words of a
/// text, so that excluding hidden datasets costs nothing. Each is one word to the tokenizer: letters and digits only.
/// </summary>
public static class SearchAudience
{
    /// <summary>Every caller may find it.</summary>
    public const string Public = "public";

    /// <summary>Every caller may list its files.</summary>
    public const string PublicReaders = "publicreaders";

    /// <summary>A publication, which every caller may find.</summary>
    public const string Publication = "publication";

    /// <summary>The type of a dataset is not known here.</summary>
    public const string UnknownType = "unknowntype";

    /// <summary>A word that no dataset has.</summary>
    internal const string Nobody = "nobody";

    /// <summary>The administrators of a site, for datasets at home there.</summary>
    public static string Home(string siteId) => "site" + string.Concat(siteId.Where(char.IsAsciiLetterOrDigit));

    /// <summary>A login that reaches what a site has, for datasets with a copy there.</summary>
    public static string Copy(string siteId) => "copy" + string.Concat(siteId.Where(char.IsAsciiLetterOrDigit));

    /// <summary>A user or a group that may find it.</summary>
    public static string For(PrincipalId principal) => Word('p', principal);

    /// <summary>A user or a group that may list its files.</summary>
    public static string Reader(PrincipalId principal) => Word('r', principal);

    /// <summary>A user or a group that may see the grants.</summary>
    public static string Manager(PrincipalId principal) => Word('m', principal);

    /// <summary>A group that owns it, and whose managers may therefore see the grants.</summary>
    public static string ManagersOf(PrincipalId group) => Word('h', group);

    public static string Owner(PrincipalId principal) => Word('o', principal);

    /// <summary>A user or a group with a grant that is valid now or later.</summary>
    public static string SharedWith(PrincipalId principal) => Word('s', principal);

    /// <summary>A link or a token for this dataset only.</summary>
    public static string For(DatasetId dataset) => "d" + dataset.ToString().Replace("-", "", StringComparison.Ordinal);

    /// <summary>A publication whose dataset is found by callers with another word, so that they find that instead.</summary>
    public static string Instead(string word) => "v" + word;

    private static string Word(char relation, PrincipalId principal) =>
        relation + principal.ToString().Replace("-", "", StringComparison.Ordinal);
}
