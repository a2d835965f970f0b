using System.Security.Cryptography;
using Hutch.S3.Tests.Support;
using Hutch.Testing.Clocks;

namespace Hutch.S3.Tests.Operations;

/// <summary>A bucket that ends by a rule: from the rule to the bytes that are no more on the disk of the embedded engine.</summary>
public sealed class ExpiredSegmentTests : IAsyncLifetime
{
    private const string Rule =
        "<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix/></Filter>"
        + "<Expiration><Days>2</Days></Expiration></Rule></LifecycleConfiguration>";

    private TestDoor _door = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private S3Caller Admin => _door.Admin;

    public async ValueTask InitializeAsync()
    {
        _door = await TestDoor.StartAsync(time: new ShiftedTime());
        (await Admin.PutAsync("/lasting")).Must(200);
        (await Admin.PutAsync("/lasting/x", "stays")).Must(200);
    }

    public ValueTask DisposeAsync() => _door.DisposeAsync();

    [Fact]
    public async Task Set_before_the_data_whole_segments_vanish_and_no_byte_is_left_on_the_disk()
    {
        byte[] small = RandomNumberGenerator.GetBytes(5000);
        byte[] large = RandomNumberGenerator.GetBytes(9 << 20);
        byte[] part = RandomNumberGenerator.GetBytes(5 << 20);
        (await Admin.PutAsync("/frames")).Must(200);
        (await Admin.PutAsync("/frames?lifecycle", Rule)).Must(200);
        (await Admin.PutAsync("/frames/000001", small)).Must(200);
        (await Admin.PutAsync("/frames/large", large)).Must(200);
        await Admin.UploadAsync("/frames/parts", part);
        await PassAsync(1);
        (await Admin.PutAsync("/frames/000002", "of the next day")).Must(200);
        foreach (byte[] bytes in (byte[][])[small, large, part])
        {
            Assert.Contains(Segments(), file => Holds(file, bytes));
        }

        await PassAsync(3);

        foreach (string key in (string[])["000001", "large", "parts"])
        {
            (await Admin.GetAsync("/frames/" + key)).Must(404);
        }

        Assert.DoesNotContain(Segments(), file => Holds(file, small) || Holds(file, large) || Holds(file, part));
        await PassAsync(3);
        (await Admin.GetAsync("/frames/000002")).MustRefuse(404, "NoSuchKey");
        Assert.Equal("stays", (await Admin.GetAsync("/lasting/x")).Must(200).Text);
    }

    private static bool Holds(string file, byte[] bytes) => File.ReadAllBytes(file).AsSpan().IndexOf(bytes.AsSpan(0, 1000)) >= 0;

    private string[] Segments() => Directory.GetFiles(Path.Combine(_door.Folder, "segments"), "*.tar", SearchOption.AllDirectories);

    /// <summary>Days later, the upkeep has been done that the clock brings about.</summary>
    private async Task PassAsync(int days)
    {
        for (int day = 0; day < days; day++)
        {
            await _door.PassAsync(TimeSpan.FromDays(1));
            await _door.Site.Rules.RunAsync(Ct);
            await _door.Site.Lifecycle.EndWhatIsOverAsync(Ct);
            await _door.Site.Collector.CollectAsync(Ct);
        }
    }
}
