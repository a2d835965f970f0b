using System.Globalization;

namespace Hutch.Storage.Segments;

/// <summary>Names of segment files: <c>0000000001.main.tar</c>.</summary>
internal static class SegmentName
{
    private const int Digits = 10;
    private const string Extension = ".tar";

    public static string Of(long number, Lane lane) => string.Create(CultureInfo.InvariantCulture, $"{number:D10}.{lane}{Extension}");

    public static bool TryParse(string name, out long number, out Lane lane)
    {
        number = 0;
        lane = Lane.Main;
        return name.Length > Digits + 1 + Extension.Length && name[Digits] == '.' && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && Lane.TryParse(name[(Digits + 1)..^Extension.Length], out lane);
    }
}
