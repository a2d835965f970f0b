using Hutch.Detectors.Ingest;
using Hutch.Detectors.Sources;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Detectors.Tests.Sources;

/// <summary>Which source is taken for what somebody names.</summary>
public sealed class FrameSourcesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("synthetic/synth_master.h5", typeof(NxMxSource))]
    [InlineData("dxtbx/omega_scan.cbf", typeof(CbfSource))]
    public async Task The_format_of_a_file_is_detected_from_its_content_and_not_from_its_name(string file, Type expected)
    {
        string folder = Path.GetDirectoryName(TestData.Path(file))!;
        foreach (string data in Directory.EnumerateFiles(folder).Where(path => Path.GetExtension(path) == Path.GetExtension(file)))
        {
            File.Copy(data, _folder[Path.GetFileName(data)]);
        }

        File.Move(_folder[Path.GetFileName(file)], _folder["series.bin"]);

        await using IFrameSource source = (await OpenAsync("series.bin")).Value;

        Assert.IsType(expected, source);
    }

    [Theory]
    [InlineData("empty.cbf", "empty.cbf is not a CBF file.")]
    [InlineData("empty.H5", "empty.H5 is not an HDF5 file.")]
    [InlineData("notes.txt", "notes.txt has no frames that Hutch can read; it takes an NXmx master (.h5, .hdf5, .nxs) or a CBF series (.cbf, one of the files or their folder).")]
    public async Task A_file_in_the_wrong_format_is_refused_with_the_format_that_its_name_suggests(string name, string expected)
    {
        File.WriteAllText(_folder[name], "");

        HutchError refusal = (await OpenAsync(name)).Error!;

        Assert.Equal((ErrorCode.UnreadableFile, expected), (refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData("none_1.cbf")]
    [InlineData("none_master.h5")]
    [InlineData("none")]
    [InlineData("nowhere/none_1.cbf")]
    public async Task A_nonexistent_file_is_reported_as_missing(string name)
    {
        HutchError refusal = (await OpenAsync(name)).Error!;

        Assert.Equal((ErrorCode.NotFound, $"The file {_folder[name]} does not exist."), (refusal.Code, refusal.Message));
    }

    [Theory]
    [InlineData("a_1.cbf", "a_1.cbf is a folder without CBF files.")]
    [InlineData("run", "run has no frames that Hutch can read; it takes")]
    public async Task A_folder_without_frames_is_refused(string name, string expected)
    {
        Directory.CreateDirectory(_folder[name]);

        HutchError refusal = (await OpenAsync(name)).Error!;

        Assert.Equal(ErrorCode.UnreadableFile, refusal.Code);
        Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
    }

    private Task<Result<IFrameSource>> OpenAsync(string name) => FrameSources.OpenAsync(
        _folder[name], new FrameSourceOptions { Hdf5Reader = Readers.Command, Time = TimeProvider.System }, TestContext.Current.CancellationToken);
}
