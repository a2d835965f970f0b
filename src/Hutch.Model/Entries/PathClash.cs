namespace Hutch.Model;

/// <summary>Two names that differ in a dataset, but are the same on some file systems.</summary>
public sealed record PathClash(PathClashKind Kind, string First, string Second)
{
    /// <summary>A sentence for display, with advice.</summary>
    public string Message => Kind == PathClashKind.UnicodeForm
        ? $"{Display.Quote(First)} ({Spelled(First)}) and {Display.Quote(Second)} ({Spelled(Second)}) look the same and differ only in "
        + "how their characters are encoded; rename one of them."
        : $"{Display.Quote(First)} and {Display.Quote(Second)} differ only in case and cannot both exist on macOS or Windows; "
        + "rename one of them.";

    /// <summary>The characters beyond ASCII by their numbers, which distinguish two such names.</summary>
    private static string Spelled(string name) => string.Join(
        ' ',
        name.EnumerateRunes().Where(rune => !rune.IsAscii).Select(
            rune => string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}")));
}

/// <summary>Reasons why some file systems treat two names as the same.</summary>
public enum PathClashKind
{
    /// <summary>Their NFC is equal: in a dataset they are one path, so one of them cannot be kept.</summary>
    UnicodeForm,

    /// <summary>They differ only in case: a dataset can hold both, a case-insensitive file system cannot.</summary>
    LetterCase,
}
