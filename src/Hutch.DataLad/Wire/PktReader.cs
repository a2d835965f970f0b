namespace Hutch.DataLad.Wire;

/// <summary>Reads the packet lines of a whole message: four hex digits with the length, themselves included, then the content.</summary>
internal ref struct PktReader(ReadOnlySpan<byte> message)
{
    public const int LengthDigits = 4;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Takes the next line; its content is without the line feed that may end it.</summary>
    public PktKind Read(out ReadOnlySpan<byte> content)
    {
        content = default;
        if (_rest.IsEmpty)
        {
            return PktKind.End;
        }

        if (_rest.Length < LengthDigits
            || !int.TryParse(_rest[..LengthDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int length))
        {
            return PktKind.Broken;
        }

        if (length < LengthDigits)
        {
            _rest = _rest[LengthDigits..];
            return length switch
            {
                0 => PktKind.Flush,
                1 => PktKind.Delimiter,
                2 => PktKind.ResponseEnd,
                _ => PktKind.Broken,
            };
        }

        if (length > _rest.Length)
        {
            return PktKind.Broken;
        }

        content = _rest[LengthDigits..length];
        _rest = _rest[length..];
        content = content.EndsWith("\n"u8) ? content[..^1] : content;
        return PktKind.Data;
    }
}
