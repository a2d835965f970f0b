using Hutch.Cluster.Engine;
using Hutch.Disk;
using Hutch.Disk.Faults;
using Hutch.Storage;

namespace Hutch.Cluster.Tests.Engine;

public sealed class ServerFileTests
{
    private const string Folder = "/data";

    private readonly FaultyDisk _disk = new(1);

    public ServerFileTests() => _disk.CreateFolder(Folder);

    [Fact]
    public void A_restart_is_the_same_server_and_of_the_same_site()
    {
        Guid site = Guid.NewGuid();
        ServerFile first = ServerFile.Open(_disk, Folder, Guid.NewGuid);
        Assert.Null(first.Site);
        first.Write(site);

        ServerFile again = ServerFile.Open(_disk, Folder, Guid.NewGuid);

        Assert.Equal((first.Server.Id, site), (again.Server.Id, again.Site));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"server\":7}")]
    public void A_damaged_file_is_refused_in_words(string content)
    {
        AtomicFile.Replace(_disk, Folder + "/server.json", System.Text.Encoding.UTF8.GetBytes(content));

        StorageFormatException refused = Assert.Throws<StorageFormatException>(() => ServerFile.Open(_disk, Folder, Guid.NewGuid));

        Assert.Contains("'/data/server.json' is damaged", refused.Message, StringComparison.Ordinal);
    }
}
