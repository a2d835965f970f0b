namespace Hutch.Detectors.Cbf;

internal sealed class CbfSectionHeader
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the fields; the last one of a name counts.</summary>
    public CbfSectionHeader(string text)
    {
        // A line that begins with white space continues the one before.
        string[] lines = text.ReplaceLineEndings("\n").Replace("\n ", " ", StringComparison.Ordinal)
            .Replace("\n\t", " ", StringComparison.Ordinal).Split('\n');
        foreach (string line in lines)
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                _fields[line[..colon].Trim()] = line[(colon + 1)..].Trim();
            }
        }
    }

    /// <summary>True if the section holds bytes, not an encoding of them as text.</summary>
    public bool IsBinary => Field("Content-Transfer-Encoding")?.Equals("BINARY", StringComparison.OrdinalIgnoreCase) ?? true;

    /// <summary>The compression of the pixels; null if Hutch has no such codec.</summary>
    public FrameCodec? Codec => Field("Content-Type") switch
    {
        { } type when type.Contains("\"x-CBF_BYTE_OFFSET\"", StringComparison.OrdinalIgnoreCase) => FrameCodec.ByteOffset,
        { } type when type.Contains("\"x-CBF_NONE\"", StringComparison.OrdinalIgnoreCase) => FrameCodec.Raw,
        { } type when !type.Contains("conversions", StringComparison.OrdinalIgnoreCase) => FrameCodec.Raw,
        _ => null,
    };

    /// <summary>The type of a pixel; null if frames cannot have it.</summary>
    public ElementType? Type => (Field("X-Binary-Element-Byte-Order") ?? "LITTLE_ENDIAN") != "LITTLE_ENDIAN"
        ? null
        : Field("X-Binary-Element-Type")?.Trim('"') switch
        {
            "unsigned 8-bit integer" => ElementType.UInt8,
            "signed 8-bit integer" => ElementType.Int8,
            "unsigned 16-bit integer" => ElementType.UInt16,
            "signed 16-bit integer" => ElementType.Int16,
            "unsigned 32-bit integer" => ElementType.UInt32,
            "signed 32-bit integer" => ElementType.Int32,
            _ => null,
        };

    public int? Columns => Number("X-Binary-Size-Fastest-Dimension");

    /// <summary>Rows of the image; null also when there are several images.</summary>
    public int? Rows => (Number("X-Binary-Size-Third-Dimension") ?? 1) == 1 ? Number("X-Binary-Size-Second-Dimension") : null;

    public int? DataBytes => Number("X-Binary-Size");

    /// <summary>The MD5 of the compressed bytes, in base 64.</summary>
    public string? Md5 => Field("Content-MD5");

    private string? Field(string name) => _fields.GetValueOrDefault(name);

    private int? Number(string name) =>
        int.TryParse(Field(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;
}
