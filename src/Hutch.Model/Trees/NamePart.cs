namespace Hutch.Model;

/// <summary>A part of a name, as a person types it to find a file: capitals do not matter, nor how accents were typed.</summary>
public readonly struct NamePart(string text)
{
    private readonly string _text = Nfc.Normalize(text);

    /// <summary>Whether the last part of a path, or of a common prefix, has it.</summary>
    public bool IsIn(string path)
    {
        ReadOnlySpan<char> rest = path.AsSpan().TrimEnd('/');
        return rest[(rest.LastIndexOf('/') + 1)..].Contains(_text, StringComparison.OrdinalIgnoreCase);
    }
}
