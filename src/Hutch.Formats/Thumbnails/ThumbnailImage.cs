using Hutch.Formats.Native;

namespace Hutch.Formats.Thumbnails;

/// <summary>A small picture that is being painted. Packed as WebP, which every browser shows, a photograph takes about 10 kB.</summary>
internal sealed unsafe class ThumbnailImage : IDisposable
{
    private const int Quality = 82;

    private readonly GdLibrary.Image* _image;

    /// <summary>Makes one without any colour.</summary>
    public ThumbnailImage(int columns, int rows)
    {
        _image = GdLibrary.Create(columns, rows);
        if (_image is null)
        {
            throw new InsufficientMemoryException();
        }

        GdLibrary.Blend(_image, 0);
        GdLibrary.SaveAlpha(_image, 1);
    }

    public static (int Columns, int Rows) Fit(long columns, long rows)
    {
        double scale = Math.Min(1, ContentRequest.ThumbnailSide / (double)Math.Max(columns, rows));
        return (Math.Max(1, (int)Math.Round(columns * scale)), Math.Max(1, (int)Math.Round(rows * scale)));
    }

    /// <summary>Paints a pixel.</summary>
    /// <param name="colour">Seven bits of transparency, then red, green and blue.</param>
    public void Set(int x, int y, uint colour) => GdLibrary.SetPixel(_image, x, y, colour);

    public byte[] Pack()
    {
        int bytes;
        byte* packed = GdLibrary.ToWebp(_image, &bytes, Quality);
        if (packed is null)
        {
            throw new InsufficientMemoryException();
        }

        try
        {
            return new ReadOnlySpan<byte>(packed, bytes).ToArray();
        }
        finally
        {
            GdLibrary.Free(packed);
        }
    }

    public void Dispose() => GdLibrary.Destroy(_image);
}
