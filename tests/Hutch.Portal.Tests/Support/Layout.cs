using System.IO.Compression;

namespace Hutch.Portal.Tests.Support;

/// <summary>
/// The brightness of a screenshot in squares of 16 pixels. It has the layout of a page and none of its glyphs, so that another version of a
/// font, a time or an id changes little of it, and a moved, missing or cut part much.
/// </summary>
internal sealed record Layout(int Columns, byte[] Cells)
{
    private const int Side = 16;
    private const int Levels = 32;

    /// <summary>Brightness that differs by less is that of another text in the same place.</summary>
    private const int LeastDifference = 4;

    /// <summary>The share of cells that may differ.</summary>
    private const double Tolerated = 0.02;

    public static Layout Of(Picture picture)
    {
        int columns = picture.Width / Side, rows = picture.Height / Side;
        var cells = new byte[columns * rows];
        for (int place = 0; place < cells.Length; place++)
        {
            int sum = 0;
            for (int pixel = 0; pixel < Side * Side; pixel++)
            {
                (byte red, byte green, byte blue) = picture[(place % columns * Side) + (pixel % Side), (place / columns * Side) + (pixel / Side)];
                sum += (2 * red) + (5 * green) + blue;
            }

            cells[place] = (byte)(sum * Levels / (Side * Side * 8 * 256));
        }

        return new Layout(columns, cells);
    }

    public static Layout Parse(string text)
    {
        string[] parts = text.Split(' ');
        using var packed = new MemoryStream(Convert.FromBase64String(parts[1]));
        using var deflate = new DeflateStream(packed, CompressionMode.Decompress);
        using var cells = new MemoryStream();
        deflate.CopyTo(cells);
        return new Layout(int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), cells.ToArray());
    }

    public override string ToString()
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.SmallestSize))
        {
            deflate.Write(Cells);
        }

        return $"{Columns} {Convert.ToBase64String(packed.ToArray())}";
    }

    /// <summary>Says where a screenshot is another one than the baseline; null if it is the same within the tolerance.</summary>
    public string? Difference(Layout baseline)
    {
        if (baseline.Columns != Columns || baseline.Cells.Length != Cells.Length)
        {
            return "it has another size";
        }

        int[] differing = [.. Enumerable.Range(0, Cells.Length).Where(place => Math.Abs(Cells[place] - baseline.Cells[place]) >= LeastDifference)];
        if (differing.Length <= Cells.Length * Tolerated)
        {
            return null;
        }

        int[] x = [.. differing.Select(place => place % Columns * Side)], y = [.. differing.Select(place => place / Columns * Side)];
        return $"{differing.Length / (double)Cells.Length:P1} of it differs, between ({x.Min()}, {y.Min()}) and ({x.Max() + Side}, {y.Max() + Side})";
    }
}
