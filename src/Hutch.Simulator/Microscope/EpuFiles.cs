namespace Hutch.Simulator.Microscope;

/// <summary>
/// The tree of EPU: an atlas of nine squares with sixteen holes each. Every other hole is exposed. After 72 movies, the same holes are
/// exposed again.
/// </summary>
internal sealed class EpuFiles(MicroscopeOptions options, string folder, TimeProvider time) : ISessionFiles
{
    private const int Squares = 9;
    private const int SquaresInRow = 3;
    private const int Holes = 16;
    private const int HolesInRow = 4;
    private const int Exposed = 8;
    private const int Side = 256;

    /// <summary>Movies of a broken session that are renamed, have a cut XML, or get their XML late.</summary>
    private const int Renamed = 2, Cut = 4, Late = 6;

    private readonly List<(string Path, string Text)> _late = [];
    private readonly string _start = time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture);

    public void Begin()
    {
        const string Atlas = "Sample4/Atlas";
        int[] squares = [.. Enumerable.Range(0, Squares)];
        Write("EpuSession.dm", EpuText.Session(Path.GetFileName(folder), time.GetUtcNow(), squares.Select(SquareNumber)));
        Write($"{Atlas}/Atlas.dm", EpuText.Atlas(Side, [.. squares.Select(Node)]));
        MovieWriter.WritePicture(
            Path.Combine(folder, Atlas, "Atlas_1.mrc"), Side, options.Seed, [.. squares.Select(SquareAt)], 30);
        for (int square = 0; square < Squares; square++)
        {
            BeginSquare(square);
        }
    }

    public string NameOf(int movie, DateTimeOffset at) => options.IsBroken && movie == Renamed
        ? $"{Data(movie)}/renamed_{movie + 1}.mrc"
        : $"{Data(movie)}/{Stem(movie, at)}_Fractions.mrc";

    public void Describe(int movie, DateTimeOffset at, ReadOnlySpan<short> sum)
    {
        var random = new SimulationRandom(options.Seed, ulong.MaxValue - (ulong)movie);
        (double x, double y) = HoleStage(SquareOf(movie), HoleOf(movie));
        string text = EpuText.Image(options, at, -0.8 - random.NextUnit(), x, y, options.Columns, options.Rows, isMovie: true);
        string path = $"{Data(movie)}/{Stem(movie, at)}.xml";
        MovieWriter.WriteSum(Path.Combine(folder, Data(movie), Stem(movie, at) + ".mrc"), options, sum);
        if (options.IsBroken && movie == Late)
        {
            _late.Add((path, text));
        }
        else
        {
            Write(path, options.IsBroken && movie == Cut ? text[..(text.Length / 2)] : text);
        }
    }

    public void End() => _late.ForEach(file => Write(file.Path, file.Text));

    private static int SquareOf(int movie) => movie / Exposed % Squares;

    /// <summary>Every other hole, and the same ones again in a second round.</summary>
    private static int HoleOf(int movie) => movie % Exposed * 2;

    private static long SquareNumber(int square) => 4_590_700 + square;

    private static long HoleNumber(int square, int hole) => 5_665_000 + (100 * square) + hole;

    private static (double X, double Y) SquareAt(int square) =>
        (Side * ((square % SquaresInRow) + 0.5) / SquaresInRow, Side * ((square / SquaresInRow) + 0.5) / SquaresInRow);

    private static (double X, double Y) HoleAt(int hole) =>
        (Side * ((hole % HolesInRow) + 0.5) / HolesInRow, Side * ((hole / HolesInRow) + 0.5) / HolesInRow);

    /// <summary>In metres: squares are 100 µm apart.</summary>
    private static (double X, double Y) SquareStage(int square) =>
        (1e-4 * ((square % SquaresInRow) - 1), 1e-4 * ((square / SquaresInRow) - 1));

    /// <summary>In metres: holes are 4 µm apart.</summary>
    private static (double X, double Y) HoleStage(int square, int hole)
    {
        (double x, double y) = SquareStage(square);
        return (x + (4e-6 * ((hole % HolesInRow) - 1.5)), y + (4e-6 * ((hole / HolesInRow) - 1.5)));
    }

    private static string SquareFolder(int square) => $"Images-Disc1/GridSquare_{SquareNumber(square)}";

    private static string Data(int movie) => SquareFolder(SquareOf(movie)) + "/Data";

    private static string Stem(int movie, DateTimeOffset at) => string.Create(
        CultureInfo.InvariantCulture,
        $"FoilHole_{HoleNumber(SquareOf(movie), HoleOf(movie))}_Data_{4_601_000 + movie}_{movie + 1}_{at.UtcDateTime:yyyyMMdd_HHmmss}");

    private AtlasPoint Node(int square)
    {
        (double x, double y) = SquareAt(square);
        (double stageX, double stageY) = SquareStage(square);
        return new AtlasPoint(SquareNumber(square), x, y, stageX, stageY, true);
    }

    private void BeginSquare(int square)
    {
        string picture = $"GridSquare_{_start}";
        (double x, double y) = SquareStage(square);
        Write(
            $"Metadata/GridSquare_{SquareNumber(square)}.dm",
            EpuText.Square(SquareNumber(square), x, y, picture, [.. Enumerable.Range(0, Holes).Select(hole => HolePlace(square, hole))]));
        Write($"{SquareFolder(square)}/{picture}.xml", EpuText.Image(options, time.GetUtcNow(), null, x, y, Side, Side, isMovie: false));
        MovieWriter.WritePicture(
            Path.Combine(folder, SquareFolder(square), picture + ".mrc"), Side, options.Seed + (ulong)square + 1,
            [.. Enumerable.Range(0, Holes).Select(HoleAt)], 20);
        Directory.CreateDirectory(Path.Combine(folder, SquareFolder(square), "Data"));
    }

    private static AtlasPoint HolePlace(int square, int hole)
    {
        (double x, double y) = HoleAt(hole);
        (double stageX, double stageY) = HoleStage(square, hole);
        return new AtlasPoint(HoleNumber(square, hole), x, y, stageX, stageY, hole % 2 == 0);
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}

/// <summary>A square on the atlas, or a hole in a square.</summary>
/// <param name="X">Pixels from the left of the picture.</param>
/// <param name="Y">Pixels from the top of the picture.</param>
/// <param name="StageX">In metres.</param>
/// <param name="StageY">In metres.</param>
internal sealed record AtlasPoint(long Number, double X, double Y, double StageX, double StageY, bool IsSelected);
