namespace Hutch.Simulator.Microscope;

internal sealed class PlainFiles(MicroscopeOptions options, string folder) : ISessionFiles
{
    public void Begin() => Directory.CreateDirectory(Path.Combine(folder, "Movies"));

    public string NameOf(int movie, DateTimeOffset time) => $"Movies/{Stem(movie, time)}_fractions.mrc";

    public void Describe(int movie, DateTimeOffset time, ReadOnlySpan<short> sum)
    {
        string name = Stem(movie, time);
        File.WriteAllText(Path.Combine(folder, "Movies", name + ".xml"), MovieNotes.Xml(options, movie, name, time));
    }

    public void End()
    {
    }

    private static string Stem(int movie, DateTimeOffset time) =>
        string.Create(CultureInfo.InvariantCulture, $"FoilHole_{movie + 1:D5}_{time.UtcDateTime:yyyyMMdd_HHmmss}");
}
