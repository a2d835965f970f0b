using System.Text.RegularExpressions;

namespace Hutch.Formats.Arrays;

/// <param name="IsColumnMajor">True if the first axis is the fastest.</param>
/// <param name="Shape">The lengths in the order of the header, whatever the order of the numbers.</param>
/// <param name="Offset">The first byte of the numbers.</param>
internal sealed partial record NumpyHeader(string Type, bool IsColumnMajor, long[] Shape, int Offset)
{
    /// <summary>The bytes that say how long the header is, at most.</summary>
    public const int PreambleBytes = 12;

    private const int MagicBytes = 8;
    private const int OldPreambleBytes = 10;
    private const int MaxBytes = 1 << 20;
    private const int ShownFields = 12;

    private static ReadOnlySpan<byte> Magic => "NUMPY"u8;

    /// <summary>Returns true if a file begins with numpy's magic bytes.</summary>
    public static bool IsNumpy(ReadOnlySpan<byte> file) => file.Length >= MagicBytes && file[0] == 0x93 && file[1..6].SequenceEqual(Magic);

    /// <param name="file">The first <see cref="PreambleBytes"/>, or all of a shorter file.</param>
    public static Result<int> Length(ReadOnlySpan<byte> file)
    {
        if (!IsNumpy(file) || file[6] is not (1 or 2 or 3))
        {
            return ErrorCode.UnreadableFile.With("The file is not a numpy array of a known format.");
        }

        int preamble = file[6] == 1 ? OldPreambleBytes : PreambleBytes;
        if (file.Length < preamble)
        {
            return ErrorCode.UnreadableFile.With("The numpy array ends inside its header.");
        }

        uint header = file[6] == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(file[MagicBytes..])
            : BinaryPrimitives.ReadUInt32LittleEndian(file[MagicBytes..]);
        return header <= MaxBytes
            ? preamble + (int)header
            : ErrorCode.UnreadableFile.With($"The numpy array has a header of {header} bytes; the limit is {MaxBytes}.");
    }

    public static Result<NumpyHeader> Read(ReadOnlySpan<byte> file)
    {
        Result<int> length = Length(file);
        if (!length.IsOk)
        {
            return length.Error;
        }

        if (file.Length < length.Value)
        {
            return ErrorCode.UnreadableFile.With("The numpy array ends inside its header.");
        }

        int preamble = file[6] == 1 ? OldPreambleBytes : PreambleBytes;
        string text = Encoding.UTF8.GetString(file[preamble..length.Value]);
        if (FieldsPattern().Match(text) is { Success: true } records)
        {
            return ErrorCode.UnreadableFile.With(Describe(records));
        }

        Match match = Pattern().Match(text);
        if (!match.Success || !match.Groups["type"].Success || !match.Groups["order"].Success || !match.Groups["shape"].Success)
        {
            return ErrorCode.UnreadableFile.With("The header of the numpy array cannot be read.");
        }

        const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var shape = new List<long>();
        foreach (string part in match.Groups["shape"].Value.Split(',', Trimmed))
        {
            if (!long.TryParse(part.TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture, out long axis))
            {
                return ErrorCode.UnreadableFile.With("The shape of the numpy array cannot be read.");
            }

            shape.Add(axis);
        }

        return new NumpyHeader(match.Groups["type"].Value, match.Groups["order"].Value == "True", [.. shape], length.Value);
    }

    /// <summary>The bytes of a value of this type; null if it is no plain value.</summary>
    public int? ItemBytes => ItemBytesOf(Type);

    /// <summary>Returns the bytes of a value of a type with numpy's name; null if it is no plain value.</summary>
    public static int? ItemBytesOf(string type)
    {
        Match match = PlainType().Match(type);
        if (!match.Success || !int.TryParse(match.Groups["size"].Value, CultureInfo.InvariantCulture, out int size) || size == 0)
        {
            return null;
        }

        return size * (match.Groups["kind"].Value == "U" ? sizeof(uint) : 1);
    }

    private static string Describe(Match records)
    {
        string[] names = [.. NamePattern().Matches(records.Groups["fields"].Value).Select(static name => name.Groups["name"].Value)];
        return "The numpy array is a table of records (a structured array) with the fields "
            + $"{Display.First(names.Select(Display.Quote), names.Length, ShownFields)}. It has no plain numbers: read it with numpy.";
    }

    // A list of tuples of Python: names, types, and shapes.
    [GeneratedRegex(@"^\{[^\[\]]*['""]descr['""]\s*:\s*\[(?<fields>.*)\]")]
    private static partial Regex FieldsPattern();

    [GeneratedRegex(@"\(\s*['""](?<name>[^'""]+)['""]\s*,")]
    private static partial Regex NamePattern();

    // A literal of Python: its keys may have any order.
    [GeneratedRegex(
        @"^\{\s*(?:(?:['""]descr['""]\s*:\s*['""](?<type>[^'""]+)['""]|['""]fortran_order['""]\s*:\s*(?<order>True|False)"
        + @"|['""]shape['""]\s*:\s*\((?<shape>[0-9L, ]*)\))\s*(?:,\s*|(?=\}))){3}\}\s*$")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^[<>|=](?<kind>[biufcSUMm])(?<size>[0-9]{1,7})(\[[0-9]*[A-Za-z]+\])?$")]
    private static partial Regex PlainType();
}
