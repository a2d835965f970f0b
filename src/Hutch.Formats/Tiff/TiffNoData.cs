namespace Hutch.Formats.Tiff;

/// <summary>The value that stands for no data, which GDAL writes as text.</summary>
internal sealed class TiffNoData
{
    private readonly byte[] _bytes;

    private TiffNoData(byte[] bytes, double value) => (_bytes, Value) = (bytes, value);

    public double Value { get; }

    /// <summary>Reads the text; null if there is none, or if no number of this type can have its value.</summary>
    public static TiffNoData? Parse(string? text, string type)
    {
        if (Number(text?.Trim()) is not { } value)
        {
            return null;
        }

        int size = int.Parse(type[2..], CultureInfo.InvariantCulture);
        byte[] bytes = new byte[Math.Max(size, sizeof(ulong) * 2)];
        switch (type[1..])
        {
            case "f2":
                BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)value);
                value = (double)(Half)value;
                break;
            case "f4":
                // Written with fewer digits than the number has.
                BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)value);
                value = (float)value;
                break;
            case "f8":
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
                break;
            case ['u' or 'i', ..] when Whole(text!.Trim(), value) is { } whole && IsIn(whole, type[1] == 'i', size):
                BinaryPrimitives.WriteInt128LittleEndian(bytes, whole);
                break;
            default:
                return null;
        }

        return new TiffNoData(bytes[..size], value);
    }

    public void Write(Utf8JsonWriter json)
    {
        if (double.IsFinite(Value))
        {
            json.WriteNumber("no_data", Value);
        }
        else
        {
            json.WriteString("no_data", double.IsNaN(Value) ? "NaN" : Value > 0 ? "Infinity" : "-Infinity");
        }
    }

    /// <summary>Writes it into each number.</summary>
    public void Fill(Span<byte> numbers, bool isBigEndian)
    {
        Span<byte> one = stackalloc byte[_bytes.Length];
        _bytes.CopyTo(one);
        if (isBigEndian)
        {
            one.Reverse();
        }

        for (int at = 0; at < numbers.Length; at += one.Length)
        {
            one.CopyTo(numbers[at..]);
        }
    }

    /// <summary>Returns the number; GDAL writes infinity as C does, and reads the words of Visual C++ too.</summary>
    private static double? Number(string? text) => text?.ToUpperInvariant() switch
    {
        "INF" or "+INF" or "1.#INF" => double.PositiveInfinity,
        "-INF" or "-1.#INF" => double.NegativeInfinity,
        "NAN" or "-NAN" or "1.#QNAN" or "-1.#QNAN" or "-1.#IND" => double.CopySign(double.NaN, 1), // as other programs write it
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null,
    };

    private static Int128? Whole(string text, double value) =>
        Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 whole) ? whole
        : double.IsInteger(value) && Math.Abs(value) <= ulong.MaxValue ? (Int128)value : null;

    private static bool IsIn(Int128 value, bool isSigned, int size)
    {
        Int128 range = Int128.One << (size * 8);
        return isSigned ? value >= -range / 2 && value < range / 2 : value >= 0 && value < range;
    }
}
