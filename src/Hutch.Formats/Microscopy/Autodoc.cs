namespace Hutch.Formats.Microscopy;

/// <summary>
/// A file of keys and values in sections, as SerialEM writes it: .mdoc, .idoc and .nav (<c>about_formats.htm</c> of SerialEM's help, and
/// "Autodoc" of IMOD's).
/// </summary>
internal sealed class Autodoc
{
    private const int MaxKeys = 200;

    private readonly List<AutodocSection> _sections = [];
    private readonly List<string> _titles = [];

    /// <summary>The keys before the first section.</summary>
    public AutodocSection Globals { get; } = new("", "");

    public IReadOnlyList<AutodocSection> Sections => _sections;

    /// <summary>Free lines, <c>[T = …]</c>: the tilt axis is in one of them.</summary>
    public IReadOnlyList<string> Titles => _titles;

    /// <exception cref="HutchException">It is no such file.</exception>
    public static Autodoc Read(string name, ReadOnlyMemory<byte> bytes)
    {
        var document = new Autodoc();
        if (bytes.Span.IndexOf((byte)0) >= 0)
        {
            throw ErrorCode.UnreadableFile.With($"{name} is no text.").ToException();
        }

        ReadOnlySpan<byte> text = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes.Span[3..] : bytes.Span;
        AutodocSection section = document.Globals;
        foreach (ReadOnlySpan<char> raw in Encoding.UTF8.GetString(text).AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = raw.Trim();
            if (line is ['[', .., ']'] && Split(line[1..^1]) is { } head)
            {
                section = document.Begin(name, head.Key, head.Value) ?? section;
            }
            else if (!line.StartsWith("#") && Split(line) is { } pair)
            {
                if (pair.Key == "T")
                {
                    document.AddTitle(pair.Value);
                }
                else if (section.Values.Count < MaxKeys)
                {
                    section.Values[pair.Key] = pair.Value;
                }
            }
        }

        return document;
    }

    private static (string Key, string Value)? Split(ReadOnlySpan<char> text)
    {
        int equals = text.IndexOf('=');
        return equals > 0 ? (text[..equals].Trim().ToString(), text[(equals + 1)..].Trim().ToString()) : null;
    }

    private AutodocSection? Begin(string name, string kind, string value)
    {
        if (kind == "T")
        {
            AddTitle(value);
            return null;
        }

        if (_sections.Count == MicroscopeFiles.MaxParts)
        {
            throw MicroscopeFiles.TooMany(name, "sections");
        }

        var section = new AutodocSection(kind, value);
        _sections.Add(section);
        return section;
    }

    private void AddTitle(string title)
    {
        if (_titles.Count < MaxKeys)
        {
            _titles.Add(title);
        }
    }
}

/// <param name="Kind">Such as ZValue, FrameSet or Item.</param>
/// <param name="Name">What follows the equals sign in its head.</param>
internal sealed record AutodocSection(string Kind, string Name)
{
    public Dictionary<string, string> Values { get; } = [];

    public string? this[string key] => Values.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;
}
