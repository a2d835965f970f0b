namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>A file of a session after its reading.</summary>
/// <param name="Content">What it says; null for a file that is not read, or could not be.</param>
/// <param name="Problem">Why it could not be read.</param>
public sealed record SessionFile(string Path, object? Content, string? Problem)
{
    /// <summary>Reads the content of a file by its kind. A file that cannot be read has a problem, and spoils no other.</summary>
    public static SessionFile Read(string path, SessionFileKind kind, ReadOnlyMemory<byte> bytes)
    {
        string name = SessionNames.Last(path);
        try
        {
            return new SessionFile(
                path,
                kind switch
                {
                    SessionFileKind.Session => EpuSession.Read(name, bytes),
                    SessionFileKind.Square => EpuSquare.Read(name, bytes),
                    SessionFileKind.Atlas => EpuAtlas.Read(name, bytes),
                    SessionFileKind.Exposure or SessionFileKind.SquarePicture => EpuImage.Read(name, bytes),
                    SessionFileKind.Mdoc => Mdoc.Read(name, bytes),
                    SessionFileKind.Navigator => Navigator.Read(name, bytes),
                    _ => null,
                },
                null);
        }
        catch (HutchException e)
        {
            return new SessionFile(path, null, e.Message);
        }
    }

    /// <summary>About how much memory its content takes.</summary>
    public int MemoryBytes => 200 + (2 * Path.Length) + Content switch
    {
        EpuSquare square => 250 * square.Holes.Count,
        EpuAtlas atlas => 150 * atlas.Nodes.Count,
        Mdoc mdoc => 500 * mdoc.Exposures.Count,
        IReadOnlyList<NavigatorItem> items => 400 * items.Count,
        null => 0,
        _ => 500,
    };
}

internal static class SessionFileExtensions
{
    /// <summary>The files with a content of one type.</summary>
    public static IEnumerable<(string Path, TContent Content)> Of<TContent>(this SessionFile[] files) =>
        from file in files where file.Content is TContent select (file.Path, (TContent)file.Content!);
}
