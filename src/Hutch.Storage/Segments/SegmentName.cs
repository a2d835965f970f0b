namespace Hutch.Storage.Segments;

/// <summary>Names of segment files: <c>0000000001.main.tar</c>.</summary>
internal static class SegmentName
{
    private const int Digits = 10;
    private const string Extension = ".tar";
    private const string TemporaryExtension = ".new";

    public static string For(long number, Lane lane) => string.Create(CultureInfo.InvariantCulture, $"{number:D10}.{lane}{Extension}");

    /// <summary>The name of a segment that is being made: <c>.0000000001.main.tar.new</c>.</summary>
    public static string TemporaryOf(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, "." + Path.GetFileName(path) + TemporaryExtension);

    public static bool IsTemporary(string name) => name.StartsWith('.') && name.EndsWith(TemporaryExtension, StringComparison.Ordinal);

    /// <summary>Returns the name that a temporary file gets.</summary>
    public static string FinalOf(string temporary) => temporary[1..^TemporaryExtension.Length];

    public static bool TryParse(string name, out long number, out Lane lane)
    {
        number = 0;
        lane = Lane.Main;
        return name.Length > Digits + 1 + Extension.Length && name[Digits] == '.' && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && Lane.TryParse(name[(Digits + 1)..^Extension.Length], out lane);
    }
}
