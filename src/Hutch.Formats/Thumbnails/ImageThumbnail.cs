using Hutch.Formats.Native;
using Hutch.Formats.Zarr;
using SkiaSharp;

namespace Hutch.Formats.Thumbnails;

/// <summary>
/// Thumbnails of image files: of the first picture of those that move, in sRGB, turned as the camera was held. JPEG, WebP and GIF are
/// shrunk while they are unpacked.
/// </summary>
internal static unsafe class ImageThumbnail
{
    private const int MaxFileBytes = 64 << 20;

    /// <summary>The most pixels that are unpacked: four bytes each.</summary>
    private const long MaxPixels = 100_000_000;

    /// <summary>So many bytes of a file say whether it is an image.</summary>
    private const int MagicBytes = 32;

    private static ReadOnlySpan<byte> EndOfJpeg => [0xFF, 0xD9];

    private static ReadOnlySpan<byte> ScanOfJpeg => [0xFF, 0xDA];

    public static bool IsImage(IFileBytes file)
    {
        byte[] head = new byte[Math.Min(MagicBytes, file.Length)];
        file.Read(0, head);
        return head.Length == MagicBytes
            && (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A])
                || IsJpeg(head) || head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8)
                || (head.StartsWith("RIFF"u8) && head.AsSpan(8).StartsWith("WEBP"u8)) || head.StartsWith("BM"u8));
    }

    /// <exception cref="HutchException">It is damaged, or too large.</exception>
    public static byte[] Draw(IFileBytes file)
    {
        if (file.Length > MaxFileBytes)
        {
            throw ErrorCode.TooLarge.With($"{file.Name} has {file.Length} bytes; thumbnails are made of at most {MaxFileBytes}.")
                .ToException();
        }

        SkiaLibrary.Require();
        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        fixed (byte* first = bytes)
        {
            using SKData data = SKData.Create((nint)first, bytes.Length);
            using SKCodec? codec = HasEnd(bytes) ? SKCodec.Create(data) : null;
            return codec is null ? throw Damaged(file) : Draw(file, codec);
        }
    }

    private static byte[] Draw(IFileBytes file, SKCodec codec)
    {
        (int columns, int rows) = (codec.Info.Width, codec.Info.Height);
        if ((long)columns * rows > MaxPixels)
        {
            throw ErrorCode.TooLarge.With(
                $"{file.Name} has {columns} x {rows} pixels; thumbnails are made of at most {MaxPixels}.").ToException();
        }

        // Twice the size of the thumbnail, as codecs that shrink have a few sizes only, and round down.
        float scale = Math.Min(1, 2f * ContentRequest.ThumbnailSide / Math.Max(columns, rows));
        SKSizeI size = codec.GetScaledDimensions(scale);
        using SKColorSpace colours = SKColorSpace.CreateSrgb();
        using var unpacked = new SKBitmap();
        if (!unpacked.TryAllocPixels(new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul, colours)))
        {
            throw new InsufficientMemoryException();
        }

        return codec.GetPixels(unpacked.Info, unpacked.GetPixels()) == SKCodecResult.Success
            ? Shrink(unpacked, codec.EncodedOrigin, columns, rows)
            : throw Damaged(file);
    }

    private static byte[] Shrink(SKBitmap unpacked, SKEncodedOrigin origin, int columns, int rows)
    {
        bool isOnItsSide = origin >= SKEncodedOrigin.LeftTop;
        using ThumbnailImage small = isOnItsSide ? ThumbnailImage.Fit(rows, columns) : ThumbnailImage.Fit(columns, rows);
        (int width, int height) = isOnItsSide ? (unpacked.Height, unpacked.Width) : (unpacked.Width, unpacked.Height);
        small.Draw(unpacked, Upright(origin, width, height), width, height);
        return small.Pack();
    }

    /// <summary>Returns how the pixels of a file are moved to turn it upright.</summary>
    /// <param name="width">The width of the upright picture.</param>
    private static SKMatrix Upright(SKEncodedOrigin origin, int width, int height) => origin switch
    {
        SKEncodedOrigin.TopRight => new SKMatrix(-1, 0, width, 0, 1, 0, 0, 0, 1),
        SKEncodedOrigin.BottomRight => new SKMatrix(-1, 0, width, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.BottomLeft => new SKMatrix(1, 0, 0, 0, -1, height, 0, 0, 1),
        SKEncodedOrigin.LeftTop => new SKMatrix(0, 1, 0, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightTop => new SKMatrix(0, -1, width, 1, 0, 0, 0, 0, 1),
        SKEncodedOrigin.RightBottom => new SKMatrix(0, -1, width, -1, 0, height, 0, 0, 1),
        SKEncodedOrigin.LeftBottom => new SKMatrix(0, 1, 0, -1, 0, height, 0, 0, 1),
        _ => SKMatrix.Identity,
    };

    /// <summary>
    /// Returns true if a file has its end. Skia reports truncated files, except for JPEG with several scans, which it draws from the scans
    /// that there are. Packed pixels contain neither mark, so in a whole file the last end is after the last scan.
    /// </summary>
    private static bool HasEnd(ReadOnlySpan<byte> file) => !IsJpeg(file) || file.LastIndexOf(EndOfJpeg) > file.LastIndexOf(ScanOfJpeg);

    private static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    private static HutchException Damaged(IFileBytes file) => ErrorCode.UnreadableFile.With($"{file.Name} is damaged.").ToException();
}
