using Hutch.Formats.Zarr;

namespace Hutch.Formats.Tiff;

/// <summary>Reads how the numbers of a page are meant: tag 262, PhotometricInterpretation.</summary>
internal static class TiffColours
{
    private const ulong WhiteIsZero = 0;
    private const ulong Palette = 3;
    private const ulong Inks = 5;
    private const int MaxPaletteBits = 16;

    // CIE L*a*b*, in three ways to store it.
    private const ulong FirstLab = 8;
    private const ulong LastLab = 10;

    /// <summary>A note for the viewer, which draws the numbers in greys.</summary>
    public const string PaletteNote = "The numbers are places in a palette; the slices show them in greys, not in its colours.";

    public static bool HasPalette(TiffPage page) => page is { Photometric: Palette, Samples: 1 };

    public static PixelColours Read(TiffPage page, TiffDirectory directory) => page.Photometric switch
    {
        WhiteIsZero => new PixelColours { IsInverted = true },
        Palette when HasPalette(page) => ReadPalette(page, directory),
        Inks => new PixelColours { Problem = "has the colours of inks (CMYK)" },
        >= FirstLab and <= LastLab => new PixelColours { Problem = "has colours in CIE L*a*b*" },
        _ => PixelColours.Usual,
    };

    private static PixelColours ReadPalette(TiffPage page, TiffDirectory directory)
    {
        int colours = 1 << page.Sample.Bits;
        if (page.Sample.Bits > MaxPaletteBits || directory.Count(TiffTag.ColorMap) != 3 * (ulong)colours)
        {
            return new PixelColours { Problem = "has no whole palette for its numbers" };
        }

        ulong[] values = [.. Enumerable.Range(0, 3 * colours).Select(at => directory.Number(TiffTag.ColorMap, (ulong)at) ?? 0)];

        // Some programs wrote bytes: libtiff takes those as they are, too.
        int shift = values.All(static value => value <= byte.MaxValue) ? 0 : 8;
        return new PixelColours
        {
            Palette = [.. Enumerable.Range(0, colours).Select(at => (Level(at), Level(at + colours), Level(at + (2 * colours))))],
        };

        byte Level(int at) => (byte)(values[at] >> shift);
    }
}
