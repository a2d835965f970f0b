using Hutch.Formats.Native;
using Hutch.Formats.Zarr;

namespace Hutch.Formats.Thumbnails;

/// <summary>Thumbnails of image files: of the first picture of those that move.</summary>
internal static unsafe class ImageThumbnail
{
    private const int MaxFileBytes = 64 << 20;

    /// <summary>The most pixels that are unpacked: four bytes each.</summary>
    private const long MaxPixels = 100_000_000;

    /// <summary>Of a square of pixels that becomes one, so many along each side are looked at.</summary>
    private const int Samples = 4;

    public static bool IsImage(IFileBytes file)
    {
        byte[] head = new byte[Math.Min(ImageHead.MagicBytes, file.Length)];
        file.Read(0, head);
        return ImageHead.KindOf(head) is not null;
    }

    /// <exception cref="HutchException">It is damaged, or too large.</exception>
    public static byte[] Draw(IFileBytes file)
    {
        if (file.Length > MaxFileBytes)
        {
            throw ErrorCode.TooLarge.With($"{file.Name} has {file.Length} bytes; thumbnails are made of at most {MaxFileBytes}.")
                .ToException();
        }

        byte[] bytes = new byte[file.Length];
        file.Read(0, bytes);
        ImageHead head = ImageHead.Read(bytes)
            ?? throw ErrorCode.UnreadableFile.With($"{file.Name} does not say how large its picture is.").ToException();
        if (head.Columns > MaxPixels || head.Rows > MaxPixels / head.Columns)
        {
            throw ErrorCode.TooLarge.With(
                $"{file.Name} has {head.Columns} x {head.Rows} pixels; thumbnails are made of at most {MaxPixels}.").ToException();
        }

        fixed (byte* first = bytes)
        {
            GdLibrary.Image* image = ImageHead.HasEnd(bytes) ? Unpack(head.Kind, bytes.Length, first) : null;
            if (image is null)
            {
                throw ErrorCode.UnreadableFile.With($"{file.Name} is damaged.").ToException();
            }

            try
            {
                return Shrink(image, head.Kind == ImageKind.Jpeg ? Orientation.Read(bytes) : 1);
            }
            finally
            {
                GdLibrary.Destroy(image);
            }
        }
    }

    private static GdLibrary.Image* Unpack(ImageKind kind, int bytes, byte* file) => kind switch
    {
        ImageKind.Png => GdLibrary.FromPng(bytes, file),
        ImageKind.Jpeg => GdLibrary.FromJpeg(bytes, file, isTolerant: 0),
        ImageKind.Gif => GdLibrary.FromGif(bytes, file),
        ImageKind.Webp => GdLibrary.FromWebp(bytes, file),
        _ => GdLibrary.FromBmp(bytes, file),
    };

    private static byte[] Shrink(GdLibrary.Image* image, int orientation)
    {
        (int columns, int rows) = (image->Columns, image->Rows);
        (int width, int height) = Orientation.IsOnItsSide(orientation) ? (rows, columns) : (columns, rows);
        (int smallWidth, int smallHeight) = ThumbnailImage.Fit(width, height);
        using var small = new ThumbnailImage(smallWidth, smallHeight);
        for (int y = 0; y < smallHeight; y++)
        {
            for (int x = 0; x < smallWidth; x++)
            {
                small.Set(x, y, Mean(Range(x, smallWidth, width), Range(y, smallHeight, height)));
            }
        }

        return small.Pack();

        uint Mean((int From, int To) across, (int From, int To) down)
        {
            (long alpha, long red, long green, long blue, int count) = (0, 0, 0, 0, 0);
            for (int y = down.From; y < down.To; y += Step(down))
            {
                for (int x = across.From; x < across.To; x += Step(across))
                {
                    (int sourceX, int sourceY) = Orientation.Source(orientation, x, y, columns, rows);
                    uint colour = GdLibrary.Pixel(image, sourceX, sourceY);
                    uint opaque = 127 - (colour >> 24);
                    alpha += opaque;
                    red += opaque * ((colour >> 16) & 0xFF);
                    green += opaque * ((colour >> 8) & 0xFF);
                    blue += opaque * (colour & 0xFF);
                    count++;
                }
            }

            return alpha == 0
                ? 127u << 24
                : (uint)(((127 - (alpha / count)) << 24) | (red / alpha << 16) | (green / alpha << 8) | (blue / alpha));
        }
    }

    private static (int From, int To) Range(int pixel, int pixels, int of) =>
        ((int)((long)pixel * of / pixels), (int)((pixel + 1L) * of / pixels));

    private static int Step((int From, int To) range) => Math.Max(1, (range.To - range.From) / Samples);
}
