using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Simulator;
using Hutch.Testing;

namespace Hutch.Detectors.Tests.Sources;

/// <summary>A series that is read while somebody writes it: h5py in SWMR mode, or file after file.</summary>
public sealed class GrowingNxMxSourceTests : IDisposable
{
    private static readonly TimeSpan LongPatience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Frames_come_while_a_single_writer_appends_them_and_end_when_it_closes_the_file()
    {
        // The writer appends the next frame after the test has read the previous one.
        const string Writer =
            """
            import h5py, numpy, os, sys, time
            path, seen = sys.argv[1:]
            f = h5py.File(path, 'w', libver='latest')
            entry = f.create_group('entry'); entry.attrs['NX_class'] = 'NXentry'
            entry.create_group('instrument/detector/detectorSpecific')['nimages'] = 10
            data = entry.create_dataset('data/data', (0, 4, 6), maxshape=(None, 4, 6), chunks=(1, 4, 6), dtype='<u2')
            f.swmr_mode = True
            for n in range(4):
                data.resize((n + 1, 4, 6)); data[n] = numpy.full((4, 6), n + 1); data.flush()
                while not os.path.exists(f'{seen}{n + 1}'): time.sleep(0.01)
            f.close()
            """;
        Task<string> writing = Python.RunAsync(Writer, _folder["x_master.h5"], _folder["seen"]);
        await using IFrameSource source = await OpenAsync("x_master.h5", LongPatience);

        var values = new List<int>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            values.Add(Series.Decode(source, frame)[0]);
            await File.WriteAllTextAsync(_folder[$"seen{frame.Number}"], "", Cancellation);
        }

        await writing;
        Assert.Equal([1, 2, 3, 4], values);
        Assert.Equal(10, source.FrameCount);
        Assert.StartsWith("The detector was to take 10 images", Assert.Single(source.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SeriesLayout.Legacy)]
    [InlineData(SeriesLayout.Dectris2024)]
    [InlineData(SeriesLayout.Diamond)]
    public async Task Frames_come_from_each_data_file_once_it_is_there(SeriesLayout layout)
    {
        using var elsewhere = new TemporaryFolder();
        SimulationOptions options = Series.Tiny with { Layout = layout };
        string master = Series.Write(options, elsewhere);
        Queue<string> files = new(Directory.GetFiles(elsewhere.Path).Where(file => file != master).Order(StringComparer.Ordinal));
        File.Copy(master, _folder[Path.GetFileName(master)]);
        MoveNext();

        await using IFrameSource source = await OpenAsync(Path.GetFileName(master), LongPatience);
        var numbers = new List<int>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            Assert.Equal(Series.Draw(options, frame.Number - 1, 0), Series.Decode(source, frame));
            numbers.Add(frame.Number);
            MoveNext();
        }

        Assert.Equal([1, 2, 3, 4, 5], numbers);

        void MoveNext()
        {
            if (files.TryDequeue(out string? file))
            {
                File.Move(file, _folder[Path.GetFileName(file)]);
            }
        }
    }

    [Fact]
    public async Task A_frame_that_comes_after_its_successors_is_not_forgotten()
    {
        const string Writer =
            """
            import h5py, numpy, os, sys, time
            path, seen = sys.argv[1:]
            f = h5py.File(path, 'w', libver='latest')
            entry = f.create_group('entry'); entry.attrs['NX_class'] = 'NXentry'
            entry.create_group('instrument/detector/detectorSpecific')['nimages'] = 4
            data = entry.create_dataset('data/data', (4, 4, 6), chunks=(1, 4, 6), dtype='<u2', fillvalue=0)
            f.swmr_mode = True
            for n in (0, 2, 3, 1):
                data[n] = numpy.full((4, 6), n + 1); data.flush()
                while not os.path.exists(f'{seen}{n + 1}'): time.sleep(0.01)
            f.close()
            """;
        Task<string> writing = Python.RunAsync(Writer, _folder["x_master.h5"], _folder["seen"]);
        await using IFrameSource source = await OpenAsync("x_master.h5", LongPatience);

        var numbers = new List<int>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            Assert.False(frame.IsMissing);
            numbers.Add(frame.Number);
            await File.WriteAllTextAsync(_folder[$"seen{frame.Number}"], "", Cancellation);
        }

        await writing;
        Assert.Equal([1, 3, 4, 2], numbers);
    }

    [Fact]
    public async Task When_a_writer_stalls_the_written_frames_are_read_and_a_note_names_the_missing_file()
    {
        using var elsewhere = new TemporaryFolder();
        string master = Series.Write(Series.Tiny, elsewhere);
        foreach (string file in Directory.GetFiles(elsewhere.Path).Where(file => !file.EndsWith("data_000002.h5", StringComparison.Ordinal)))
        {
            File.Copy(file, _folder[Path.GetFileName(file)]);
        }

        await using IFrameSource source = await OpenAsync(Path.GetFileName(master), TimeSpan.Zero);
        var numbers = new List<int>();
        await foreach (SourceFrame frame in source.ReadFramesAsync(Cancellation))
        {
            numbers.Add(frame.IsMissing ? -frame.Number : frame.Number);
        }

        Assert.Equal([1, 2, -3, -4, 5], numbers);
        Assert.Contains(source.Notes, static note => note.Contains("missing", StringComparison.Ordinal) && note.Contains("data_000002.h5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_never_appears_is_reported_as_missing()
    {
        Result<IFrameSource> opened = await TryOpenAsync("x_master.h5", TimeSpan.Zero);

        Assert.Equal(ErrorCode.NotFound, opened.Error?.Code);
    }

    private async Task<IFrameSource> OpenAsync(string name, TimeSpan timeout) => (await TryOpenAsync(name, timeout)).Value;

    private Task<Result<IFrameSource>> TryOpenAsync(string name, TimeSpan timeout) => FrameSources.OpenAsync(
        _folder[name],
        new FrameSourceOptions { Hdf5Reader = Readers.Command, Time = TimeProvider.System, IdleTimeout = timeout },
        Cancellation);
}
