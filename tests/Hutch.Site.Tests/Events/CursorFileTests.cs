using Hutch.Disk;
using Hutch.Site.Write.Events;

namespace Hutch.Site.Tests.Events;

/// <summary>How far the queues have been read, in the file that says what the data folder is.</summary>
public sealed class CursorFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-cursors-").FullName;
    private readonly DataVersion _version;

    public CursorFileTests()
    {
        _version = DataVersion.Begin(LocalDisk.Instance, _folder, 2, Guid.NewGuid);
        DataFolderLock.Sign(LocalDisk.Instance, _folder, TimeProvider.System);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Positions_are_there_after_a_restart_and_the_version_stays_as_it_was()
    {
        using (var before = new CursorFile(_folder))
        {
            await before.SaveAsync("frames", 123_456, Ct);
            Assert.Equal(7, await before.BeginAsync("results", 7, Ct));
            Assert.Equal(7, await before.BeginAsync("results", 9, Ct));
            await before.SaveAsync("gone", 1, Ct);
            await before.DeleteAsync("gone", Ct);
        }

        using var after = new CursorFile(_folder);

        Assert.Equal(123_456, await after.LoadAsync("frames", Ct));
        Assert.Equal(7, await after.LoadAsync("results", Ct));
        Assert.Null(await after.LoadAsync("gone", Ct));
        Assert.Equal(_version, DataVersion.Read(LocalDisk.Instance, _folder));
    }

    [Fact]
    public async Task No_changed_bit_makes_another_position_of_one()
    {
        using (var before = new CursorFile(_folder))
        {
            await before.SaveAsync("frames", 123_456, Ct);
        }

        string path = Path.Combine(_folder, DataVersion.FileName);
        byte[] whole = File.ReadAllBytes(path);
        for (int bit = 8 * DataVersion.RestOffset; bit < 8 * whole.Length; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, damaged);
            using var after = new CursorFile(_folder);
            Assert.True(await after.LoadAsync("frames", Ct) is null or 123_456, $"bit {bit}");
        }
    }

    [Theory]
    [InlineData("{\"frames\":12")]
    [InlineData("[1]")]
    [InlineData("{\"frames\":\"x\"}")]
    public async Task A_line_that_cannot_be_read_counts_as_none(string line)
    {
        using (IDiskFile file = LocalDisk.Instance.Open(Path.Combine(_folder, DataVersion.FileName), DiskAccess.ReadWrite))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(line), DataVersion.RestOffset);
        }

        using var cursors = new CursorFile(_folder);

        Assert.Null(await cursors.LoadAsync("frames", Ct));
    }
}
