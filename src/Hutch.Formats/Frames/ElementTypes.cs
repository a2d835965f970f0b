using System.Diagnostics.CodeAnalysis;

namespace Hutch.Formats.Frames;

public static class ElementTypes
{
    private static readonly string[] Names =
        ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"];

    private static readonly string[] NumpyDescriptions =
        ["|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"];

    public static int Size(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 => 1,
        ElementType.UInt16 or ElementType.Int16 => 2,
        ElementType.UInt32 or ElementType.Int32 or ElementType.Float32 => 4,
        _ => 8,
    };

    public static bool IsPixelType(this ElementType type) => type <= ElementType.Int32;

    /// <summary>numpy's name, such as <c>uint16</c>.</summary>
    public static string Name(this ElementType type) => Names[(int)type];

    /// <summary>numpy's array-protocol text, little-endian, such as <c>&lt;u2</c>.</summary>
    public static string NumpyDescription(this ElementType type) => NumpyDescriptions[(int)type];

    public static bool TryParse([NotNullWhen(true)] string? name, out ElementType type) => Find(Names, name, out type);

    /// <summary>Reads numpy's array-protocol text, little-endian only.</summary>
    public static bool TryParseNumpyDescription([NotNullWhen(true)] string? text, out ElementType type) =>
        Find(NumpyDescriptions, text, out type);

    private static bool Find(string[] names, string? name, out ElementType type)
    {
        int index = Array.IndexOf(names, name);
        type = (ElementType)Math.Max(index, 0);
        return index >= 0;
    }
}
