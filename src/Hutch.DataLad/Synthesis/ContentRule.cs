using System.Collections.Frozen;
using Hutch.Model;

namespace Hutch.DataLad.Synthesis;

/// <summary>
/// Which files are content of git, and which are annexed: a rule, numbered 1, that follows from the tree alone (size, media type, name),
/// so that every site makes the same commits without reading annexed bytes. It is never changed, as commits are cited: another rule gets
/// another number.
/// </summary>
internal static class ContentRule
{
    /// <summary>The largest file that is content of git, bytes.</summary>
    public const int MaxGitBytes = 32 << 10;

    /// <summary>git refuses a file of attributes with a line of more than 2048 bytes: a shorter file has none.</summary>
    private const int MaxAttributesBytes = 2048;

    private const string Attributes = ".gitattributes";

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

    /// <summary>Whether a file of a version is content of git.</summary>
    public static bool IsGitContent(string name, Entry file)
    {
        if (file.Size > MaxGitBytes || file.IsPending)
        {
            return false;
        }

        if (name.StartsWith(".git", StringComparison.Ordinal))
        {
            // git reads these from the tree only as what they are.
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
