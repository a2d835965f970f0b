using System.Text.RegularExpressions;

namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>The names of the files of a session, as EPU and SerialEM give them.</summary>
public static partial class SessionNames
{
    private static readonly string[] MovieExtensions = [".mrc", ".mrcs", ".tif", ".tiff", ".eer"];

    /// <summary>The extensions of pictures, the cheapest to show first.</summary>
    private static readonly string[] PictureExtensions = [".jpg", ".jpeg", ".png", ".tiff", ".tif", ".mrc"];

    private static readonly string[] MovieSuffixes = ["_fractions", "_eer", "_movie"];

    public static SessionFileKind KindOf(string path)
    {
        string name = Last(path);
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".mdoc" => SessionFileKind.Mdoc,
            ".nav" => SessionFileKind.Navigator,
            ".dm" => KindOfDm(name),
            ".xml" when HoleOf(name) is not null => SessionFileKind.Exposure,
            ".xml" when SquarePictureName().IsMatch(name) && SquareOf(path) is not null => SessionFileKind.SquarePicture,
            _ => SessionFileKind.Other,
        };
    }

    /// <summary>The most bytes of a file that are read.</summary>
    public static int MaxBytes(SessionFileKind kind) =>
        kind is SessionFileKind.Exposure or SessionFileKind.SquarePicture ? MicroscopeFiles.MaxImageBytes : MicroscopeFiles.MaxBytes;

    /// <summary>The last part of a path, one of Windows or not.</summary>
    internal static string Last(string path) => path[(path.AsSpan().TrimEnd("/\\").LastIndexOfAny('/', '\\') + 1)..].TrimEnd('/', '\\');

    internal static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    /// <summary>The number of the hole in the name of an exposure, <c>FoilHole_9015883_Data_…</c>; null for another name.</summary>
    internal static long? HoleOf(string name) => NumberIn(ExposureName().Match(name));

    /// <summary>The number of the square in whose folder a file is.</summary>
    internal static long? SquareOf(string path) => NumberIn(SquareFolder().Match(path));

    internal static bool IsMovieName(string name) => MovieExtensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>The order in which a picture is chosen; null for what is no picture.</summary>
    internal static int? PictureRank(string name) =>
        Array.IndexOf(PictureExtensions, Path.GetExtension(name).ToLowerInvariant()) is >= 0 and var rank ? rank : null;

    /// <summary>
    /// Splits the name of an exposure's file: <c>…_20250108_154915_Fractions.tiff</c> is the movie of <c>…_20250108_154915</c>, and so is
    /// each .eer; the other files with this stem show the sum of its frames.
    /// </summary>
    internal static (string Stem, bool IsMovie) Split(string name)
    {
        string stem = Path.GetFileNameWithoutExtension(name);
        foreach (string suffix in MovieSuffixes)
        {
            if (stem.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                return (stem[..^suffix.Length], IsMovieName(name));
            }
        }

        return (stem, name.EndsWith(".eer", StringComparison.OrdinalIgnoreCase));
    }

    private static SessionFileKind KindOfDm(string name) => name switch
    {
        "EpuSession.dm" => SessionFileKind.Session,
        "Atlas.dm" or "ScreeningSession.dm" => SessionFileKind.Atlas,
        _ when SquareName().IsMatch(name) => SessionFileKind.Square,
        _ => SessionFileKind.Other,
    };

    private static long? NumberIn(Match match) =>
        match.Success && long.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;

    [GeneratedRegex(@"^FoilHole_([0-9]+)_Data_", RegexOptions.CultureInvariant)]
    private static partial Regex ExposureName();

    [GeneratedRegex(@"^GridSquare_([0-9]+)\.dm\z", RegexOptions.CultureInvariant)]
    private static partial Regex SquareName();

    [GeneratedRegex(@"^GridSquare_[0-9]{8}_[0-9]{6}\.", RegexOptions.CultureInvariant)]
    private static partial Regex SquarePictureName();

    [GeneratedRegex(@"(?:^|/)GridSquare_([0-9]+)/", RegexOptions.CultureInvariant)]
    private static partial Regex SquareFolder();
}
