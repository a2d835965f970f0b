using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Hutch.Detectors.Cbf;

/// <summary>
/// The image in a CBF file as DECTRIS detectors write it ("miniCBF"): text, in which comments describe the detector, then one binary
/// section with the pixels. See International Tables for Crystallography G, chapter 2.3.
/// </summary>
internal sealed record CbfImage
{
    private const int MaxTextBytes = 4 << 20;
    private const int MaxSectionHeaderBytes = 64 << 10;

    private static ReadOnlySpan<byte> Signature => "###CBF"u8;

    private static ReadOnlySpan<byte> SectionStart => "--CIF-BINARY-FORMAT-SECTION--"u8;

    private static ReadOnlySpan<byte> DataStart => [0x0C, 0x1A, 0x04, 0xD5];

    public required int Rows { get; init; }

    public required int Columns { get; init; }

    public required ElementType Type { get; init; }

    public required FrameCodec Codec { get; init; }

    /// <summary>The range of the pixels in the file.</summary>
    public required Range Data { get; init; }

    /// <summary>The text before the pixels.</summary>
    public required CbfText Text { get; init; }

    public static bool IsCbf(ReadOnlySpan<byte> start) => start.StartsWith(Signature);

    /// <summary>Finds the image in a file, and checks its MD5 if the file has one.</summary>
    public static Result<CbfImage> Parse(ReadOnlySpan<byte> file, string name)
    {
        if (!IsCbf(file))
        {
            return Reject(name, "is not a CBF file");
        }

        int section = SectionOf(file);
        ReadOnlySpan<byte> rest = section < 0 ? default : file[(section + SectionStart.Length)..];
        int length = rest[..Math.Min(rest.Length, MaxSectionHeaderBytes)].IndexOf(DataStart);
        if (length < 0)
        {
            return Reject(name, "has no image, or is truncated before it");
        }

        var fields = new CbfSectionHeader(Encoding.Latin1.GetString(rest[..length]));
        int start = section + SectionStart.Length + length + DataStart.Length;
        if (!fields.IsBinary || fields.Codec is not { } codec)
        {
            return Reject(name, "is compressed in a way that is not supported; byte-offset is supported");
        }

        if (fields.Type is not { } type)
        {
            return Reject(name, "does not hold little-endian integers of 8, 16 or 32 bits");
        }

        if (fields.Rows is not { } rows || fields.Columns is not { } columns || fields.DataBytes is not { } bytes)
        {
            return Reject(name, "does not give rows, columns and bytes of a single image");
        }

        if (bytes > file.Length - start)
        {
            return Reject(name, $"is truncated: it has {file.Length - start} of the {bytes} bytes of its image");
        }

        // The fewest bytes of a pixel in a codec. It keeps a small file from announcing an image that no machine has the memory for.
        int pixelBytes = codec == FrameCodec.Raw ? type.Size() : 1;
        if (bytes / pixelBytes < (long)rows * columns)
        {
            return Reject(name, $"has {bytes} bytes for {columns} x {rows} pixels, which is too little");
        }

        return fields.Md5 is { } md5 && md5 != Md5Of(file.Slice(start, bytes))
            ? Reject(name, "is damaged: the MD5 of its image differs from the one in the file")
            : new CbfImage
            {
                Rows = rows,
                Columns = columns,
                Type = type,
                Codec = codec,
                Data = start..(start + bytes),
                Text = CbfText.Read(file[..section]),
            };
    }

    /// <summary>Reads the text of a file whose end may be missing; null if that is not all of the text.</summary>
    public static CbfText? ParseText(ReadOnlySpan<byte> start) =>
        IsCbf(start) && SectionOf(start) is > 0 and var section ? CbfText.Read(start[..section]) : null;

    private static int SectionOf(ReadOnlySpan<byte> file) => file[..Math.Min(file.Length, MaxTextBytes)].IndexOf(SectionStart);

    [SuppressMessage("Security", "CA5351", Justification = "The detector wrote it to find damage; it protects nothing.")]
    private static string Md5Of(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(MD5.HashData(bytes));

    private static HutchError Reject(string name, string why) => ErrorCode.UnreadableFile.With($"{name} {why}.", "file", name);
}
