using System.Runtime.InteropServices;
using System.Text;
using System.Xml.Linq;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Simulator.Microscope;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Simulator.Tests;

public sealed class MicroscopeSessionTests : IDisposable
{
    private const string Inspect =
        """
        import glob, hashlib, mrcfile, os, sys
        folder = sys.argv[1]
        for path in [folder + '/gain.mrc'] + sorted(glob.glob(folder + '/Movies/*.mrc')):
            assert mrcfile.validate(path, print_file=sys.stderr), path
            with mrcfile.open(path) as f:
                h = f.header
                # as they stand in the header, which validation takes for right too when it says that they are unknown
                assert (h.dmin, h.dmax) == (f.data.min(), f.data.max()), path
                assert abs(h.dmean - f.data.mean()) < 1e-4 and abs(h.rms - f.data.std()) < 1e-4, path
                assert f.is_single_image() or f.is_image_stack()
                v = f.voxel_size
                label = h.label[0].decode().strip()
                print(f.data.shape, f.data.dtype, '%.3f %.3f %.3f' % (v.x, v.y, v.z), label, hashlib.sha256(f.data.tobytes()).hexdigest())
        """;

    private static readonly MicroscopeOptions Small = new() { Columns = 128, Rows = 64, Frames = 3, Movies = 2, MoviesPerSecond = 1000 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Mrcfile_reads_movies_and_gain_reference_as_they_were_meant()
    {
        MicroscopeSession session = Create(Small);

        int movies = await RunAsync(session);

        Assert.Equal(2, movies);
        var simulator = new MovieSimulator(Small);
        Assert.Equal(
            [
                "(64, 128) float32 26.562 26.562 26.562 Hutch: simulated cryo-EM gain reference "
                    + TestData.Sha256(MemoryMarshal.AsBytes(simulator.Gain.AsSpan())),
                "(3, 64, 128) int16 26.562 26.562 26.562 Hutch: simulated cryo-EM movie " + Hash(simulator, 0),
                "(3, 64, 128) int16 26.562 26.562 26.562 Hutch: simulated cryo-EM movie " + Hash(simulator, 1),
            ],
            (await Python.RunAsync(Inspect, session.Folder)).Split('\n'));
    }

    [Fact]
    public async Task Each_movie_has_an_XML_metadata_file()
    {
        MicroscopeSession session = Create(Small);

        await RunAsync(session);

        string[] movies = [.. Names("Movies").Where(name => name.EndsWith(".mrc", StringComparison.Ordinal))];
        Assert.Equal(2, movies.Length);
        Assert.All(movies, movie =>
        {
            Assert.Matches("^FoilHole_0000[12]_[0-9]{8}_[0-9]{6}_fractions.mrc$", movie);
            string name = movie[..^"_fractions.mrc".Length];
            XElement notes = XDocument.Load(Path.Combine(session.Folder, "Movies", name + ".xml")).Root!;
            Assert.Equal(name, notes.Element("Name")!.Value);
            Assert.Equal("3", notes.Element("NumberOfFractions")!.Value);
        });
    }

    [Fact]
    public async Task A_movie_grows_under_its_own_name_while_the_running_file_is_there()
    {
        var time = new HeldTime();
        MicroscopeSession session = Create(Small with { MoviesPerSecond = 0.001 }, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        Task<int> recorded = session.RunAsync(MetadataFile.Create("s", Guid.Empty), null, stop.Token);
        await time.FirstWait.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal([".running", "Movies", "SPA.yml", "gain.mrc"], Names(""));
        string movie = Path.Combine(session.Folder, "Movies", Assert.Single(Names("Movies")));
        Assert.Equal(1024 + Small.MovieBytes / 3, new FileInfo(movie).Length);
        Assert.Equal("0 -1 -2 -1", await Python.RunAsync(
            "import mrcfile, sys; h = mrcfile.open(sys.argv[1], header_only=True).header; print('%g %g %g %g' % (h.dmin, h.dmax, h.dmean, h.rms))",
            movie));

        await stop.CancelAsync();
        await recorded;
    }

    [Fact]
    public async Task Stopping_finishes_the_movie_under_way_and_takes_the_running_file_away()
    {
        var time = new HeldTime();
        MicroscopeSession session = Create(Small with { MoviesPerSecond = 0.001 }, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<int> recorded = session.RunAsync(MetadataFile.Create("s", Guid.Empty), null, stop.Token);
        await time.FirstWait.WaitAsync(TestContext.Current.CancellationToken);

        await stop.CancelAsync();

        Assert.Equal(1, await recorded);
        Assert.Equal(["Movies", "SPA.yml", "gain.mrc"], Names(""));
        Assert.EndsWith(Hash(new MovieSimulator(Small), 0), await Python.RunAsync(Inspect, session.Folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_fails_takes_the_running_file_away()
    {
        MicroscopeSession session = Create(Small);

        await Assert.ThrowsAsync<IOException>(() => session.RunAsync(
            new MetadataFile("gain.mrc", []), null, TestContext.Current.CancellationToken));

        Assert.Equal(["Movies", "gain.mrc"], Names(""));
    }

    [Fact]
    public void The_metadata_file_is_that_of_a_facility_with_name_and_identity_of_its_own()
    {
        var identity = Guid.Parse("11111111-2222-3333-4444-555555555555");

        string[] written = Encoding.UTF8.GetString(MetadataFile.Create("it's: me", identity).Text).Split('\n');

        string[] known = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "data/facility/SPA.yml"));
        Assert.Equal("Autoname: 'it''s: me'", written[1]);
        Assert.Equal("DataId: 11111111-2222-3333-4444-555555555555", written[3]);
        Assert.Equal(Others(known), Others(written));

        static IEnumerable<string> Others(string[] lines) => lines.Where(line =>
            line.Length > 0 && line[0] != '#' && !line.StartsWith("Autoname:", StringComparison.Ordinal)
            && !line.StartsWith("DataId:", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_that_is_there_is_left_alone()
    {
        Directory.CreateDirectory(_folder["session"]);

        HutchError error = MicroscopeSession.Create(Small, _folder.Path, "session", TimeProvider.System).Error!;

        Assert.Equal($"'{_folder["session"]}' is there already; a simulation overwrites nothing.", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    public void A_name_that_is_none_is_refused(string name) =>
        Assert.Equal(ErrorCode.InvalidName, MicroscopeSession.Create(Small, _folder.Path, name, TimeProvider.System).Error!.Code);

    [Theory]
    [InlineData(0, 3, 128, 64, 1, "a session has 1 to 1 000 000 movies")]
    [InlineData(2, 0, 128, 64, 1, "a movie has 1 to 2000 frames")]
    [InlineData(2, 3, 4097, 64, 1, "a frame has 64 to 4096 pixels in each direction")]
    [InlineData(2, 3, 128, 63, 1, "a frame has 64 to 4096 pixels in each direction")]
    [InlineData(2, 3, 128, 64, 0, "there are 0.001 to 1000 movies a second")]
    [InlineData(2, 3, 128, 64, double.NaN, "there are 0.001 to 1000 movies a second")]
    public void Impossible_options_are_refused(int movies, int frames, int columns, int rows, double rate, string rule)
    {
        MicroscopeOptions options =
            new() { Movies = movies, Frames = frames, Columns = columns, Rows = rows, MoviesPerSecond = rate };

        HutchError error = MicroscopeSession.Create(options, _folder.Path, "session", TimeProvider.System).Error!;

        Assert.Equal($"Cannot simulate this: {rule}.", error.Message);
    }

    private static string Hash(MovieSimulator simulator, int movie)
    {
        var pixels = new short[Small.Columns * Small.Rows * Small.Frames];
        simulator.Begin(movie);
        for (int frame = 0; frame < Small.Frames; frame++)
        {
            simulator.Draw(frame, pixels.AsSpan(frame * Small.Columns * Small.Rows, Small.Columns * Small.Rows));
        }

        return TestData.Sha256(MemoryMarshal.AsBytes(pixels.AsSpan()));
    }

    private static Task<int> RunAsync(MicroscopeSession session) =>
        session.RunAsync(MetadataFile.Create("session", Guid.Empty), null, TestContext.Current.CancellationToken);

    private MicroscopeSession Create(MicroscopeOptions options, TimeProvider? time = null) =>
        MicroscopeSession.Create(options, _folder.Path, "session", time ?? TimeProvider.System).Value;

    private IEnumerable<string> Names(string folder) =>
        Directory.EnumerateFileSystemEntries(Path.Combine(_folder["session"], folder))
            .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
