using Hutch.Detectors.Sources;
using Hutch.Formats.Hdf5;
using Hutch.Formats.Tests.Support;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Hdf5;

public sealed class PathSafetyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PathSafetyTests()
    {
        Directory.CreateDirectory(_folder["master"]);
        Directory.CreateDirectory(_folder["elsewhere"]);
        HandMade.WriteData(_folder["elsewhere/x_data_000001.h5"], 2);
    }

    private string Master => _folder["master/x_master.h5"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_link_that_climbs_out_of_the_folder_is_refused()
    {
        HandMade.WriteMaster(Master, 2, ["../elsewhere/x_data_000001.h5"]);

        Assert.Equal(
            "x_master.h5 refers to '../elsewhere/x_data_000001.h5', which lies outside its folder: allow that folder if you trust the file.",
            await Series.RefusalAsync(Master));
    }

    [Fact]
    public async Task An_absolute_link_out_of_the_folder_is_refused_whether_its_target_exists_or_not()
    {
        foreach (string target in new[] { _folder["elsewhere/x_data_000001.h5"], "/etc/passwd", "/no/such/file" })
        {
            HandMade.WriteMaster(Master, 2, [target]);
            Assert.Contains("lies outside its folder", await Series.RefusalAsync(Master), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_symbolic_link_out_of_the_folder_is_refused()
    {
        File.CreateSymbolicLink(_folder["master/x_data_000001.h5"], _folder["elsewhere/x_data_000001.h5"]);
        HandMade.WriteMaster(Master, 2, ["x_data_000001.h5"]);

        Assert.Contains("lies outside its folder", await Series.RefusalAsync(Master), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_into_a_folder_below_is_followed()
    {
        Directory.Move(_folder["elsewhere"], _folder["master/data"]);
        HandMade.WriteMaster(Master, 2, ["data/x_data_000001.h5"]);

        await using NxMxSource source = await Series.OpenAsync(Master);

        Assert.Equal(2, source.FrameCount);
    }

    [Fact]
    public async Task A_folder_that_the_caller_allows_is_open_to_links()
    {
        HandMade.WriteMaster(Master, 2, ["../elsewhere/x_data_000001.h5"]);

        await using NxMxSource source = await Series.OpenAsync(
            Master, new Hdf5ReaderOptions { AllowedFolders = [_folder["elsewhere"]] });

        Assert.Equal(2, source.FrameCount);
    }

    [Fact]
    public async Task A_virtual_data_set_out_of_the_folder_is_refused()
    {
        await Python.RunAsync(
            """
            import h5py, sys
            layout = h5py.VirtualLayout((2, 16, 16), 'u2')
            layout[:] = h5py.VirtualSource('../elsewhere/x_data_000001.h5', 'entry/data/data', (2, 16, 16))
            h5py.File(sys.argv[1], 'w').create_virtual_dataset('entry/data/data', layout)
            """,
            Master);

        Assert.Contains("lies outside its folder", await Series.RefusalAsync(Master), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_in_an_external_raw_file_are_never_read()
    {
        await Python.RunAsync(
            """
            import h5py, sys
            f = h5py.File(sys.argv[1], 'w')
            f.create_dataset('entry/data/data', (1, 4, 8), 'u2', external=[('/etc/passwd', 0, 64)])
            f.create_dataset('entry/instrument/note', (64,), 'u1', external=[('/etc/passwd', 0, 64)])
            """,
            Master);

        Assert.Equal(
            "x_master.h5:/entry/data/data stores its values in external raw files, which are not supported.", await Series.RefusalAsync(Master));
    }

    [Fact]
    public async Task Metadata_behind_an_escaping_link_is_left_out_and_the_header_says_so()
    {
        Directory.Move(_folder["elsewhere"], _folder["master/data"]);
        await Python.RunAsync(
            """
            import h5py, sys
            f = h5py.File(sys.argv[1], 'w')
            f['entry/data/data_000001'] = h5py.ExternalLink('data/x_data_000001.h5', '/entry/data/data')
            f['entry/instrument/secret'] = h5py.ExternalLink('/etc/hostname', '/x')
            f['entry/instrument/detector/loop'] = h5py.SoftLink('/entry/instrument')
            """,
            Master);

        await using NxMxSource source = await Series.OpenAsync(Master);

        Assert.Contains("lies outside its folder", (string?)source.Series.Nexus["instrument"]!["secret@unreadable"], StringComparison.Ordinal);
    }
}
