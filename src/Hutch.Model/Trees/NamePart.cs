namespace Hutch.Model;

/// <summary>A part of a name, as a user types it to find a file: case and the encoding of accents do not matter.</summary>
public readonly struct NamePart(string text)
{
    private readonly string _text = Nfc.Normalize(text);

    /// <summary>Returns true if the last part of a path, or of a common prefix, contains it.</summary>
    public bool IsIn(string path)
    {
        ReadOnlySpan<char> rest = path.AsSpan().TrimEnd('/');
        return rest[(rest.LastIndexOf('/') + 1)..].Contains(_text, StringComparison.OrdinalIgnoreCase);
    }
}
