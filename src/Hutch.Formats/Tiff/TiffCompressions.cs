namespace Hutch.Formats.Tiff;

internal enum TiffCompression
{
    None,
    Lzw,
    Deflate,
    PackBits,
    Zstandard,

    /// <summary>Pieces that are JPEG streams.</summary>
    Jpeg,

    /// <summary>Electron event representation: the runs between the pixels that an electron hit.</summary>
    Eer,
}

/// <summary>A change of the numbers before compression.</summary>
internal enum TiffPredictor
{
    None,

    /// <summary>Each number is the difference from the one to its left.</summary>
    Differences,

    /// <summary>The bytes of a row of floats, sorted by significance, each as the difference from the one to its left.</summary>
    Floats,
}

internal static class TiffCompressions
{
    public static TiffCompression Of(TiffBytes file, int number) => number switch
    {
        1 => TiffCompression.None,
        5 => TiffCompression.Lzw,
        7 => TiffCompression.Jpeg,
        8 or 32946 => TiffCompression.Deflate,
        32773 => TiffCompression.PackBits,
        50000 => TiffCompression.Zstandard,
        65000 or 65001 or 65002 => TiffCompression.Eer,
        _ => throw file.NotRead("is packed by " + number switch
        {
            2 or 3 or 4 => "CCITT fax",
            6 => "JPEG in the old style",
            33003 or 33005 or 34712 => "JPEG 2000",
            34887 => "LERC",
            34925 => "LZMA",
            50001 => "WebP",
            50002 or 52546 => "JPEG XL",
            _ => $"compression {number}",
        }).ToException(),
    };

    /// <summary>Returns the predictor, which counts only with the compressions that have one: others leave the tag over.</summary>
    public static TiffPredictor PredictorOf(TiffBytes file, TiffCompression compression, int number, TiffSample sample)
    {
        if (compression is not (TiffCompression.Lzw or TiffCompression.Deflate or TiffCompression.Zstandard) || number == 1)
        {
            return TiffPredictor.None;
        }

        if (number == 2 && !sample.IsPackedBits && sample.Type[1] != 'c')
        {
            return TiffPredictor.Differences;
        }

        if (number == 3 && sample.Type[1] == 'f')
        {
            return TiffPredictor.Floats;
        }

        throw file.NotRead($"has the predictor {number} for samples of {sample.Bits} bits").ToException();
    }

    public static string NameOf(TiffCompression compression) => compression switch
    {
        TiffCompression.Lzw => "LZW",
        TiffCompression.Deflate => "Deflate",
        TiffCompression.PackBits => "PackBits",
        TiffCompression.Zstandard => "Zstandard",
        TiffCompression.Jpeg => "JPEG",
        TiffCompression.Eer => "EER",
        _ => "none",
    };
}
