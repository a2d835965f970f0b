using Hutch.Formats.Native;
using SkiaSharp;

namespace Hutch.Formats.Tiff;

/// <summary>
/// Unpacks pieces that are JPEG streams, with the tables of all pieces apart: "Adobe Photoshop TIFF Technical Notes", number 2. Brightness
/// of 8 bits, RGB, and YCbCr, which becomes RGB.
/// </summary>
internal sealed class TiffJpeg
{
    private const int MaxTablesBytes = 64 << 10;

    // Rows after the last one of a page are filling: so many pixels may be.
    private const long MostFilling = 1 << 22;

    private const byte Mark = 0xFF;
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte FirstApplication = 0xE0;
    private const byte LastApplication = 0xEF;
    private const byte Comment = 0xFE;

    private readonly byte[] _tables;
    private readonly int _samples;

    /// <param name="samples">Numbers of a pixel in a piece: 1 or 3.</param>
    /// <param name="isYCbCr">True if the three numbers are brightness and two differences of colour.</param>
    public TiffJpeg(TiffBytes file, TiffDirectory directory, int samples, bool isYCbCr)
    {
        _samples = samples;
        ulong count = directory.Count(TiffTag.JpegTables);
        if (count > MaxTablesBytes)
        {
            throw file.Unreadable($"has JPEG tables of {count} bytes").ToException();
        }

        // Adobe's mark says what the colours are. Without it, a decoder guesses.
        var start = new List<byte>
        {
            Mark, StartOfImage, Mark, 0xEE, 0, 14, (byte)'A', (byte)'d', (byte)'o', (byte)'b', (byte)'e', 0, 100, 0, 0, 0, 0,
            (byte)(isYCbCr ? 1 : 0),
        };
        byte[] tables = directory.Bytes(TiffTag.JpegTables);
        try
        {
            CopySegments(tables, start);
        }
        catch (InvalidDataException)
        {
            throw file.Unreadable("has JPEG tables that are damaged").ToException();
        }

        _tables = [.. start];
    }

    /// <summary>Unpacks a piece.</summary>
    /// <param name="rows">The rows of a whole piece: writers may leave it whole at the end of a page.</param>
    /// <param name="columns">The pixels of a row of the piece.</param>
    /// <returns>The bytes of the rows that it has, at most those that there is room for.</returns>
    /// <exception cref="InvalidDataException">It is damaged, of another size, or not read.</exception>
    public unsafe int Unpack(ReadOnlySpan<byte> packed, Span<byte> pixels, int rows, int columns)
    {
        SkiaLibrary.Require();
        var whole = new List<byte>(_tables);
        int scan = CopySegments(packed, whole);
        byte[] stream = [.. whole, .. packed[scan..]];

        // Skia draws a JPEG of several scans from those that there are.
        bool hasEnd = stream.AsSpan().LastIndexOf([Mark, EndOfImage]) > stream.AsSpan().LastIndexOf([Mark, StartOfScan]);
        fixed (byte* first = stream)
        {
            using SKData data = SKData.Create((nint)first, stream.Length);
            using SKCodec? codec = hasEnd ? SKCodec.Create(data) : null;
            if (codec is null || codec.Info.Width != columns || (codec.Info.Height - rows) * (long)columns > MostFilling)
            {
                throw new InvalidDataException(codec is null ? "a JPEG in it is damaged" : "a JPEG in it has another size than its piece");
            }

            // Skia has no three bytes a pixel.
            SKColorType type = _samples == 1 ? SKColorType.Gray8 : SKColorType.Rgba8888;
            var info = new SKImageInfo(columns, codec.Info.Height, type, SKAlphaType.Opaque);
            int there = Math.Min(pixels.Length / columns / _samples, codec.Info.Height);
            byte[] numbers = new byte[checked(info.RowBytes * info.Height)];
            fixed (byte* target = numbers)
            {
                if (codec.GetPixels(info, (nint)target) != SKCodecResult.Success)
                {
                    throw new InvalidDataException("a JPEG in it is damaged");
                }
            }

            int bytes = info.BytesPerPixel;
            for (int at = 0; at < there * columns; at++)
            {
                numbers.AsSpan(at * bytes, _samples).CopyTo(pixels[(at * _samples)..]);
            }

            return there * columns * _samples;
        }
    }

    /// <summary>
    /// Copies the segments before the pixels, but for those of applications, whose colours the tags of the file replace. Returns the place
    /// of the first scan, or the end.
    /// </summary>
    private static int CopySegments(ReadOnlySpan<byte> jpeg, List<byte> to)
    {
        int at = 0;
        while (at + 1 < jpeg.Length)
        {
            if (jpeg[at] != Mark)
            {
                throw new InvalidDataException("a JPEG in it is damaged");
            }

            byte kind = jpeg[at + 1];
            if (kind == StartOfScan)
            {
                return at;
            }

            if (kind is StartOfImage or EndOfImage or Mark)
            {
                at += kind == Mark ? 1 : 2;
                continue;
            }

            int length = at + 3 < jpeg.Length ? BinaryPrimitives.ReadUInt16BigEndian(jpeg[(at + 2)..]) : 0;
            if (length < 2 || length > jpeg.Length - at - 2)
            {
                throw new InvalidDataException("a JPEG in it is damaged");
            }

            if (kind is not ((>= FirstApplication and <= LastApplication) or Comment))
            {
                to.AddRange(jpeg.Slice(at, length + 2));
            }

            at += length + 2;
        }

        return jpeg.Length;
    }
}
