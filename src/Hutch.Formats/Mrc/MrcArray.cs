using Hutch.Formats.Zarr;

namespace Hutch.Formats.Mrc;

/// <summary>
/// An MRC file that is read by images: a stack, a movie, a volume, of either byte order, with an extended header or without.
/// Format: MRC2014, https://www.ccpem.ac.uk/mrc-format/mrc2014/.
/// </summary>
internal static class MrcArray
{
    private const int MapAt = 208;
    private const int StampAt = 212;
    private const byte BigEndianStamp = 0x11;
    private const int FirstOfVolumeStacks = 401;
    private const int LastOfVolumeStacks = 630;
    private const int MaxLabels = 10;
    private const int LabelBytes = 80;
    private const int LabelsAt = 224;

    public static bool IsMrc(ReadOnlySpan<byte> file) => file.Length > StampAt && file[MapAt..].StartsWith("MAP"u8);

    public static IZarrArray Open(IFileBytes file)
    {
        byte[] bytes = new byte[MrcHeader.Size];
        if (file.Length < bytes.Length)
        {
            throw ErrorCode.UnreadableFile.With($"{file.Name} ends inside its header.").ToException();
        }

        file.Read(0, bytes);
        var words = new Words(bytes, bytes[StampAt] == BigEndianStamp);
        (string type, int itemBytes) = Type(file, words);
        long[] shape = Shape(file, words);
        int extended = words.Integer(24);
        return extended < 0
            ? throw ErrorCode.UnreadableFile.With($"{file.Name} says that its extended header has {extended} bytes.").ToException()
            : new FlatArray(
                file, MrcHeader.Size + (long)extended, type, itemBytes, shape, ChunkShape.OfImages(shape, itemBytes),
                attributes: json => WriteAttributes(json, words))
            {
                IsBottomUp = true,
            };
    }

    private static (string Type, int Bytes) Type(IFileBytes file, Words words)
    {
        char order = words.IsBigEndian ? '>' : '<';
        return words.Integer(4) switch
        {
            0 => ("|i1", 1),
            1 => (order + "i2", 2),
            2 => (order + "f4", 4),
            4 => (order + "c8", 8),
            6 => (order + "u2", 2),
            12 => (order + "f2", 2),
            int mode => throw ErrorCode.Unprocessable.With(
                $"{file.Name} has pixels of mode {mode}, which is not read; those of the modes 0, 1, 2, 4, 6 and 12 are.").ToException(),
        };
    }

    /// <summary>Sections, rows, columns; in a stack of volumes (as its space group says), volumes before these.</summary>
    private static long[] Shape(IFileBytes file, Words words)
    {
        (int columns, int rows, int sections) = (words.Integer(1), words.Integer(2), words.Integer(3));
        if (columns < 1 || rows < 1 || sections < 1)
        {
            throw ErrorCode.UnreadableFile.With(
                $"{file.Name} says that it has {sections} images of {columns} x {rows} pixels.").ToException();
        }

        int depth = words.Integer(10);
        return words.Integer(23) is >= FirstOfVolumeStacks and <= LastOfVolumeStacks && depth > 0 && sections % depth == 0
            ? [sections / depth, depth, rows, columns]
            : [sections, rows, columns];
    }

    private static void WriteAttributes(Utf8JsonWriter json, Words words)
    {
        json.WriteNumber("mode", words.Integer(4));
        json.WriteNumber("space_group", words.Integer(23));
        json.WriteStartArray("voxel_size_angstrom");
        for (int axis = 2; axis >= 0; axis--)
        {
            int intervals = words.Integer(8 + axis);
            WriteFinite(json, intervals > 0 ? words.Real(11 + axis) / intervals : double.NaN);
        }

        json.WriteEndArray();
        json.WriteStartArray("labels");
        for (int i = 0; i < Math.Clamp(words.Integer(56), 0, MaxLabels); i++)
        {
            json.WriteStringValue(words.Text(LabelsAt + (i * LabelBytes), LabelBytes));
        }

        json.WriteEndArray();
    }

    private static void WriteFinite(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    /// <summary>The words of the header, counted from 1, of four bytes each.</summary>
    private sealed class Words(byte[] header, bool isBigEndian)
    {
        public bool IsBigEndian => isBigEndian;

        public int Integer(int word) => isBigEndian
            ? BinaryPrimitives.ReadInt32BigEndian(header.AsSpan((word - 1) * 4))
            : BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan((word - 1) * 4));

        public float Real(int word) => BitConverter.Int32BitsToSingle(Integer(word));

        public string Text(int at, int bytes) => Encoding.ASCII.GetString(header, at, bytes).Split('\0')[0].TrimEnd();
    }
}
