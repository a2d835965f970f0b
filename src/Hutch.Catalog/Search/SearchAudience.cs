using Hutch.Model;

namespace Hutch.Catalog.Search;

/// <summary>
/// The words by which the index knows who may find a dataset, and who may know what of it. They stand in it like words of a text, so that
/// what a caller may not find costs nothing to leave out. Each is one word to the tokenizer: letters and digits only.
/// </summary>
public static class SearchAudience
{
    /// <summary>Everybody may find it.</summary>
    public const string Public = "public";

    /// <summary>Everybody may list its files.</summary>
    public const string PublicReaders = "publicreaders";

    /// <summary>Who administers this site, for what is at home here.</summary>
    public const string Home = "home";

    /// <summary>The word that no dataset has.</summary>
    internal const string Nobody = "nobody";

    /// <summary>A user or a group that may find it.</summary>
    public static string Of(PrincipalId principal) => Word('p', principal);

    /// <summary>A user or a group that may list its files.</summary>
    public static string Reader(PrincipalId principal) => Word('r', principal);

    /// <summary>A user or a group that may know whom it is shared with.</summary>
    public static string Manager(PrincipalId principal) => Word('m', principal);

    /// <summary>A group whose managers may know whom it is shared with, as it owns it.</summary>
    public static string ManagersOf(PrincipalId group) => Word('h', group);

    /// <summary>The user or group that owns it.</summary>
    public static string Owner(PrincipalId principal) => Word('o', principal);

    /// <summary>A user or a group that it is shared with, from now on or later.</summary>
    public static string SharedWith(PrincipalId principal) => Word('s', principal);

    /// <summary>A link or a token that reaches this dataset only.</summary>
    public static string Of(DatasetId dataset) => "d" + dataset.ToString().Replace("-", "", StringComparison.Ordinal);

    private static string Word(char relation, PrincipalId principal) =>
        relation + principal.ToString().Replace("-", "", StringComparison.Ordinal);
}
