using System.Buffers.Binary;
using System.IO.Compression;

namespace Hutch.Portal.Tests.Support;

/// <summary>The pixels of a screenshot.</summary>
internal sealed class Picture
{
    private const int Signature = 8;
    private readonly int _channels;
    private readonly byte[] _png;
    private byte[]? _pixels;

    /// <summary>A PNG as Chromium writes it: eight bits, with or without transparency, not interlaced. Its pixels are read when they are needed.</summary>
    public Picture(byte[] png)
    {
        _png = png;
        ReadOnlySpan<byte> head = png.AsSpan(Signature + 8);
        Width = BinaryPrimitives.ReadInt32BigEndian(head);
        Height = BinaryPrimitives.ReadInt32BigEndian(head[4..]);
        _channels = head[8..].StartsWith<byte>([8, 6, 0, 0, 0]) ? 4 : 3;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Red, green and blue of a pixel.</summary>
    public (byte Red, byte Green, byte Blue) this[int x, int y]
    {
        get
        {
            byte[] pixels = _pixels ??= Unpack();
            int at = ((y * Width) + x) * _channels;
            return (pixels[at], pixels[at + 1], pixels[at + 2]);
        }
    }

    /// <summary>The background is light or dark as expected, with a plausible amount of readable content on it.</summary>
    public void MustBeDrawn(string name, bool isDark)
    {
        const int Step = 2;
        var counts = new Dictionary<(byte, byte, byte), int>();
        int all = 0;
        for (int y = 0; y < Height; y += Step)
        {
            for (int x = 0; x < Width; x += Step)
            {
                counts[this[x, y]] = counts.GetValueOrDefault(this[x, y]) + 1;
                all++;
            }
        }

        double ground = Luminance(counts.MaxBy(pair => pair.Value).Key);
        double ink = counts.Where(pair => Contrast(Luminance(pair.Key), ground) >= 3).Sum(pair => pair.Value) / (double)all;
        Assert.True(isDark ? ground < 0.05 : ground > 0.85, $"{name}: the ground has the luminance {ground:0.00}.");
        Assert.True(ink is > 0.002 and < 0.5, $"{name}: {ink:P1} of the pixels can be read on their ground.");
    }

    /// <summary>The number of pixels in an area with this colour, or nearly.</summary>
    public int Count((float X, float Y, float Width, float Height) part, (byte Red, byte Green, byte Blue) colour)
    {
        int found = 0;
        for (int y = Math.Max(0, (int)part.Y); y < Math.Min(Height, part.Y + part.Height); y++)
        {
            for (int x = Math.Max(0, (int)part.X); x < Math.Min(Width, part.X + part.Width); x++)
            {
                found += IsNearly(this[x, y], colour) ? 1 : 0;
            }
        }

        return found;
    }

    /// <summary>The share of the pixels that a screenshot has, too, or nearly. One that begins between two points is a point larger.</summary>
    public double ShareIn(Picture screenshot)
    {
        double best = 0;
        for (int left = 0; left <= screenshot.Width - Width; left++)
        {
            for (int top = 0; top <= screenshot.Height - Height; top++)
            {
                int alike = 0;
                for (int pixel = 0; pixel < Width * Height; pixel++)
                {
                    (int y, int x) = Math.DivRem(pixel, Width);
                    alike += IsNearly(this[x, y], screenshot[left + x, top + y]) ? 1 : 0;
                }

                best = Math.Max(best, alike / (double)(Width * Height));
            }
        }

        return best;
    }

    private static bool IsNearly((byte Red, byte Green, byte Blue) one, (byte Red, byte Green, byte Blue) other)
    {
        const int Tolerance = 6;
        return Math.Abs(one.Red - other.Red) <= Tolerance && Math.Abs(one.Green - other.Green) <= Tolerance
            && Math.Abs(one.Blue - other.Blue) <= Tolerance;
    }

    private static double Contrast(double one, double other) => (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05);

    private static double Luminance((byte Red, byte Green, byte Blue) colour)
    {
        return (0.2126 * Linear(colour.Red)) + (0.7152 * Linear(colour.Green)) + (0.0722 * Linear(colour.Blue));

        static double Linear(byte value)
        {
            double share = value / 255.0;
            return share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
        }
    }

    private byte[] Unpack()
    {
        using var packed = new MemoryStream();
        for (int at = Signature; at < _png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(_png.AsSpan(at));
            if (_png.AsSpan(at + 4, 4).SequenceEqual("IDAT"u8))
            {
                packed.Write(_png, at + 8, length);
            }

            at += length + 12;
        }

        packed.Position = 0;
        using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
        return Unfilter(zlib, Width * _channels, Height, _channels);
    }

    private static byte[] Unfilter(Stream zlib, int stride, int height, int channels)
    {
        var pixels = new byte[stride * height];
        var none = new byte[stride];
        for (int y = 0; y < height; y++)
        {
            int filter = zlib.ReadByte();
            Span<byte> row = pixels.AsSpan(y * stride, stride);
            ReadOnlySpan<byte> above = y == 0 ? none : pixels.AsSpan((y - 1) * stride, stride);
            zlib.ReadExactly(row);
            for (int i = 0; i < stride; i++)
            {
                int left = i < channels ? 0 : row[i - channels], corner = i < channels ? 0 : above[i - channels];
                row[i] += (byte)(filter switch
                {
                    1 => left,
                    2 => above[i],
                    3 => (left + above[i]) / 2,
                    4 => Paeth(left, above[i], corner),
                    _ => 0,
                });
            }
        }

        return pixels;
    }

    private static int Paeth(int left, int above, int corner)
    {
        int guess = left + above - corner;
        int toLeft = Math.Abs(guess - left), toAbove = Math.Abs(guess - above), toCorner = Math.Abs(guess - corner);
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
