using System.Text;

namespace Hutch.Simulator.Microscope;

/// <summary>
/// The folder of SerialEM: a navigator with a map, and tilt series of eleven tilts from 0° on to both sides. The .mdoc of a series grows
/// with it, and names movies by a path of Windows.
/// </summary>
internal sealed class SerialEmFiles(MicroscopeOptions options, string folder, TimeProvider time) : ISessionFiles
{
    private const int Tilts = 11;
    private const double Step = 6;
    private const int Side = 256;

    /// <summary>In a broken session, a movie that is renamed, and the series whose tilts all name one movie.</summary>
    private const int Renamed = 2, SeriesOfOneMovie = 1;

    public void Begin()
    {
        Directory.CreateDirectory(Path.Combine(folder, "Frames"));
        int series = (options.Movies + Tilts - 1) / Tilts;
        MovieWriter.WritePicture(
            Path.Combine(folder, "map.mrc"), Side, options.Seed,
            [.. Enumerable.Range(0, Math.Min(series, 64)).Select(static one => (16.0 + (32 * (one % 8)), 16.0 + (32 * (one / 8))))], 8);
        var items = new StringBuilder("AdocVersion = 2.00\nLastSavedAs = D:\\session\\nav.nav\n\n");
        items.Append("[Item = map]\nColor = 2\nStageXYZ = 0 0 30\nType = 2\nNote = square\n");
        items.Append("MapFile = D:\\session\\map.mrc\nMapID = 1001\n\n");
        for (int one = 0; one < series; one++)
        {
            (double x, double y) = StageOf(one);
            items.Append(
                CultureInfo.InvariantCulture,
                $"[Item = {one + 1}]\nColor = 0\nStageXYZ = {x} {y} 30\nType = 0\nDrawnID = 1001\nAcquire = 1\n\n");
        }

        File.WriteAllText(Path.Combine(folder, "nav.nav"), items.ToString());
    }

    public string NameOf(int movie, DateTimeOffset at) =>
        "Frames/" + (options.IsBroken && movie == Renamed ? "renamed.mrc" : Movie(movie));

    public void Describe(int movie, DateTimeOffset at, ReadOnlySpan<short> sum)
    {
        int series = movie / Tilts;
        string path = Path.Combine(folder, $"{SeriesName(series)}.mrc.mdoc");
        if (!File.Exists(path))
        {
            File.WriteAllText(path, Head(series));
        }

        File.AppendAllText(path, Section(movie, at));
    }

    /// <summary>A second .mdoc of the first series, as copies by hand leave it.</summary>
    public void End()
    {
        if (options.IsBroken)
        {
            File.Copy(
                Path.Combine(folder, $"{SeriesName(0)}.mrc.mdoc"), Path.Combine(folder, $"{SeriesName(0)}.mrc_old.mdoc"), overwrite: true);
        }
    }

    private static string SeriesName(int series) => string.Create(CultureInfo.InvariantCulture, $"TS_{series + 1:D2}");

    /// <summary>0, 6, -6, 12, -12 …: symmetric in dose.</summary>
    private static double TiltOf(int movie)
    {
        int step = ((movie % Tilts) + 1) / 2;
        return Step * (movie % Tilts % 2 == 1 ? step : -step);
    }

    private static (double X, double Y) StageOf(int series) => (8 * ((series % 8) - 3.5), 8 * ((series / 8) - 3.5));

    private static string Movie(int movie) =>
        string.Create(CultureInfo.InvariantCulture, $"{SeriesName(movie / Tilts)}_{movie % Tilts:D3}_{TiltOf(movie):0.0}.mrc");

    private string Head(int series) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        PixelSpacing = {options.PixelAngstrom}
        Voltage = 300
        ImageFile = {SeriesName(series)}.mrc
        ImageSize = {options.Columns} {options.Rows}
        DataMode = 1

        [T = SerialEM: simulated {time.GetUtcNow().UtcDateTime:dd-MMM-yy  HH:mm:ss}]

        [T =     Tilt axis angle = 84.3, binning = 1  spot = 8  camera = 1]


        """);

    private string Section(int movie, DateTimeOffset at)
    {
        var random = new SimulationRandom(options.Seed, ulong.MaxValue - (ulong)movie);
        double area = options.PixelAngstrom * options.PixelAngstrom;
        int series = movie / Tilts;
        (double x, double y) = StageOf(series);
        string file = options.IsBroken && series == SeriesOfOneMovie ? Movie(series * Tilts) : Movie(movie);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            [ZValue = {movie % Tilts}]
            TiltAngle = {TiltOf(movie)}
            StagePosition = {x} {y}
            StageZ = 30
            Magnification = 33000
            ExposureDose = {options.ElectronsPerPixel * options.Frames / area:0.####}
            PixelSpacing = {options.PixelAngstrom}
            Defocus = {-4 - random.NextUnit():0.###}
            TargetDefocus = -4
            ExposureTime = {options.Frames * 0.04:0.##}
            SubFramePath = D:\session\Frames\{file}
            NumSubFrames = {options.Frames}
            DateTime = {at.UtcDateTime:dd-MMM-yyyy  HH:mm:ss}
            NavigatorLabel = {series + 1}
            GainReference = gain.mrc
            UncroppedSize = {options.Columns} {options.Rows}
            RotationAndFlip = 0


            """);
    }
}
