namespace Hutch.DataLad.Hosting;

/// <summary>The dataset that a path of this door names, and the part of its repository.</summary>
/// <param name="Dataset">The dataset as the path names it: an id, or <c>owner/slug</c>; empty for the store itself.</param>
/// <param name="Rest">The path in the repository, such as <c>info/refs</c>.</param>
/// <param name="IsRia">True for a path of the RIA store, false for one of a plain git repository.</param>
internal sealed record GitRoute(string Dataset, string Rest, bool IsRia)
{
    public const string GitPrefix = "/git";
    public const string RiaPrefix = "/ria";

    private const string GitSuffix = ".git";
    private const string AliasFolder = "alias";
    private const int IdStartLength = 3;
    private const int MaxParts = 16;

    /// <summary>
    /// Reads a path: <c>/git/ID/…</c>, <c>/git/OWNER/NAME/…</c>, <c>/ria/alias/OWNER/NAME/…</c> or <c>/ria/123/REST-OF-ID/…</c>.
    /// Returns null for any other path.
    /// </summary>
    public static GitRoute? Parse(string path)
    {
        string[] parts = path.Split('/', MaxParts);
        if (parts.Length < 3 || parts[0].Length > 0)
        {
            return null;
        }

        return ("/" + parts[1]) switch
        {
            GitPrefix => OfNames(parts, 2, isRia: false),
            RiaPrefix when parts is [_, _, AliasFolder, ..] => OfNames(parts, 3, isRia: true),
            RiaPrefix when parts.Length == 3 => new GitRoute("", parts[2], true),
            RiaPrefix when parts[2].Length == IdStartLength && DatasetId.TryParse(parts[2] + WithoutSuffix(parts[3]), out DatasetId id) =>
                new GitRoute(id.ToString(), Join(parts, 4), true),
            _ => null,
        };
    }

    private static GitRoute? OfNames(string[] parts, int at, bool isRia)
    {
        if (parts.Length > at && DatasetId.TryParse(WithoutSuffix(parts[at]), out DatasetId id))
        {
            return new GitRoute(id.ToString(), Join(parts, at + 1), isRia);
        }

        return parts.Length <= at + 1 ? null : new GitRoute(parts[at] + "/" + WithoutSuffix(parts[at + 1]), Join(parts, at + 2), isRia);
    }

    private static string WithoutSuffix(string name) =>
        name.EndsWith(GitSuffix, StringComparison.Ordinal) ? name[..^GitSuffix.Length] : name;

    private static string Join(string[] parts, int from) => string.Join('/', parts.Skip(from));
}
