using System.Collections.Frozen;

namespace Hutch.DataLad.Synthesis;

/// <summary>
/// Decides between content of git and annexed files: a rule that follows from the tree alone (size, media type, path), so that every
/// site makes the same commits without reading annexed bytes. A rule is never changed, as commits are cited: another one gets another
/// number, and a dataset keeps the one that it was made with.
/// </summary>
/// <remarks>
/// Rule 1 takes small text. Rule 2 also takes what git and DataLad themselves read from a tree: <c>.datalad</c>, <c>.gitattributes</c> and
/// <c>.gitmodules</c>. Annexed, they would be links to nothing in a fresh clone.
/// </remarks>
internal sealed class ContentRule
{
    /// <summary>The largest of the few files that git and DataLad read at the top, bytes: the list of some thousand subdatasets.</summary>
    public const int MaxSettingsBytes = 1 << 20;

    /// <summary>The largest file that is content of git, bytes.</summary>
    public const int MaxGitBytes = 32 << 10;

    /// <summary>git refuses a file of attributes with a line of more than 2048 bytes: a shorter file has none.</summary>
    private const int MaxAttributesBytes = 2048;

    private const string Attributes = ".gitattributes";
    private const string Modules = ".gitmodules";

    private static readonly ContentRule First = new(takesSettings: false);
    private static readonly ContentRule Second = new(takesSettings: true);

    private readonly bool _takesSettings;

    private ContentRule(bool takesSettings) => _takesSettings = takesSettings;

    private static readonly FrozenSet<string> TextExtensions = FrozenSet.ToFrozenSet(
        [
            "bib", "c", "cc", "cfg", "cif", "conf", "cpp", "css", "csv", "f90", "h", "hpp", "htm", "html", "ini", "ipynb", "java", "jl",
            "js", "json", "jsonl", "log", "m", "md", "par", "pl", "properties", "py", "r", "rb", "rs", "rst", "sh", "sql", "star", "svg",
            "tex", "toml", "ts", "tsv", "txt", "xml", "yaml", "yml",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> TextNames = FrozenSet.ToFrozenSet(
        [
            "AUTHORS", "CHANGES", "CHANGELOG", "CITATION", "COPYING", "Dockerfile", "LICENSE", "Makefile", "NOTICE", "README", "Snakefile",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> TextTypes = FrozenSet.ToFrozenSet(
        [
            "application/json", "application/ld+json", "application/toml", "application/x-ndjson", "application/x-yaml", "application/xml",
            "application/yaml", "image/svg+xml",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <exception cref="HutchException">It was made by a newer release, whose rule is not known here.</exception>
    public static ContentRule From(SiteDataset dataset)
    {
        return dataset.GitRule switch
        {
            1 => First,
            2 => Second,
            _ => throw ErrorCode.Unprocessable.With(
                $"The dataset was made by a newer release of Hutch, with rule {dataset.GitRule} for git, which this server does not know. "
                + "Update the server, or clone from the home of the dataset.").ToException(),
        };
    }

    /// <summary>Returns true for the list of subdatasets, as git reads it. It is in git if its content is harmless.</summary>
    public bool IsModules(string path, Entry entry) =>
        _takesSettings && path == Modules && entry is { Kind: EntryKind.File, IsPending: false, Size: <= MaxSettingsBytes };

    public bool IsGitContent(string path, Entry file)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        if (_takesSettings && (name is Attributes or Modules || path.StartsWith(OwnFiles.DataLadFolder, StringComparison.Ordinal)))
        {
            // There are many of the others, and all of them are read when the commits of a dataset are made.
            bool isAtTop = path is Attributes or Modules or OwnFiles.DataLadConfiguration;
            return file.Size <= (isAtTop ? MaxSettingsBytes : MaxGitBytes) && !file.IsPending;
        }

        if (file.Size > MaxGitBytes || file.IsPending)
        {
            return false;
        }

        if (name.StartsWith(".git", StringComparison.Ordinal))
        {
            // git reads these from the tree, and only as plain content.
            return name != Attributes || file.Size <= MaxAttributesBytes;
        }

        int dot = name.LastIndexOf('.');
        return TextNames.Contains(name)
            || (dot >= 0 && TextExtensions.Contains(name[(dot + 1)..]))
            || (file.ContentType is { } type && IsText(type));
    }

    private static bool IsText(string type)
    {
        int end = type.IndexOf(';', StringComparison.Ordinal);
        string plain = (end < 0 ? type : type[..end]).Trim();
        return plain.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || TextTypes.Contains(plain);
    }
}
