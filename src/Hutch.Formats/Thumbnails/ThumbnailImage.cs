using Hutch.Formats.Native;
using SkiaSharp;

namespace Hutch.Formats.Thumbnails;

/// <summary>A small picture that is being painted. Packed as WebP, which every browser shows, a photograph takes about 10 kB.</summary>
internal sealed class ThumbnailImage : IDisposable
{
    private const int Quality = 82;

    private readonly SKBitmap _image = new();

    /// <summary>Makes one without any colour.</summary>
    public ThumbnailImage(int columns, int rows)
    {
        SkiaLibrary.Require();
        using SKColorSpace colours = SKColorSpace.CreateSrgb();
        if (!_image.TryAllocPixels(new SKImageInfo(columns, rows, SKColorType.Rgba8888, SKAlphaType.Premul, colours)))
        {
            throw new InsufficientMemoryException();
        }

        _image.Erase(SKColors.Empty);
    }

    /// <summary>Makes one for a picture of this size.</summary>
    public static ThumbnailImage Fit(int columns, int rows)
    {
        double scale = Math.Min(1, ContentRequest.ThumbnailSide / (double)Math.Max(columns, rows));
        return new ThumbnailImage(Math.Max(1, (int)Math.Round(columns * scale)), Math.Max(1, (int)Math.Round(rows * scale)));
    }

    /// <summary>Paints a pixel.</summary>
    public void Set(int x, int y, byte red, byte green, byte blue)
    {
        Span<byte> pixel = _image.GetPixelSpan(x, y);
        (pixel[0], pixel[1], pixel[2], pixel[3]) = (red, green, blue, byte.MaxValue);
    }

    /// <summary>Paints all of it with a picture, which is moved first, and then shrunk from the size that it has then.</summary>
    public void Draw(SKBitmap picture, SKMatrix move, int width, int height)
    {
        using SKPixmap pixels = picture.PeekPixels();
        using SKImage image = SKImage.FromPixels(pixels);
        using var canvas = new SKCanvas(_image);
        canvas.Scale((float)_image.Width / width, (float)_image.Height / height);
        canvas.Concat(move);
        canvas.DrawImage(image, 0, 0, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }

    public byte[] Pack()
    {
        using SKPixmap pixels = _image.PeekPixels();
        using SKData? packed = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossy, Quality));
        return packed?.ToArray() ?? throw new InsufficientMemoryException();
    }

    public void Dispose() => _image.Dispose();
}
