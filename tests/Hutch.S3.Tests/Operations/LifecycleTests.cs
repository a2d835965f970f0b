using System.Security.Cryptography;
using System.Text.Json;
using Hutch.S3.Tests.Support;
using Hutch.Site.Write.Heads;
using Hutch.Testing.Clocks;

namespace Hutch.S3.Tests.Operations;

/// <summary>Buckets that end by a rule, by the clock alone: what their clients see of it.</summary>
public sealed class LifecycleTests : IAsyncLifetime
{
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
    public async Task Set_later_the_bucket_goes_to_the_trash_as_a_whole_and_can_be_restored()
    {
        string id = JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=lasting")).RootElement.GetProperty("id").GetString()!;
        (await Admin.PutAsync("/lasting?lifecycle", Rule(5))).Must(200);

        await PassAsync(4);
        Assert.Equal("stays", (await Admin.GetAsync("/lasting/x")).Must(200).Text);
        await PassAsync(3);

        (await Admin.GetAsync("/lasting/x")).MustRefuse(404, "NoSuchBucket");
        Assert.Equal("trash", JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/" + id)).RootElement.GetProperty("state").GetString());
        await _door.RestAsync(HttpMethod.Post, $"datasets/{id}/restore", new { });
        Assert.Equal("stays", (await Admin.GetAsync("/lasting/x")).Must(200).Text);
    }

    [Fact]
    public async Task Incomplete_uploads_are_deleted_by_the_lifecycle_rule()
    {
        (await Admin.PutAsync("/lasting?lifecycle", Rule(days: null))).Must(200);
        string upload = (await Admin.PostAsync("/lasting/parts?uploads")).Must(200).First("UploadId")!;
        (await Admin.PutAsync($"/lasting/parts?partNumber=1&uploadId={upload}", RandomNumberGenerator.GetBytes(9 << 20))).Must(200);

        await PassAsync(1);
        (await Admin.GetAsync($"/lasting/parts?uploadId={upload}")).Must(200);
        await PassAsync(3);

        (await Admin.GetAsync($"/lasting/parts?uploadId={upload}")).MustRefuse(404, "NoSuchUpload");
        Assert.InRange(_door.StoredBytes, 0, 1 << 20);
    }

    private static string Rule(int? days) =>
        "<LifecycleConfiguration><Rule><ID>r</ID><Status>Enabled</Status><Filter><Prefix/></Filter>"
        + (days is null ? "" : $"<Expiration><Days>{days}</Days></Expiration>")
        + "<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>";

    [Fact]
    public async Task The_name_of_a_bucket_whose_time_is_over_can_be_used_again()
    {
        (await Admin.PutAsync("/scratch")).Must(200);
        (await Admin.PutAsync(
            "/scratch?lifecycle",
            "<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>")).Must(200);
        (await Admin.PutAsync("/scratch/old", "x")).Must(200);
        await _door.PassAsync(TimeSpan.FromDays(3));
        Assert.Equal(1, await _door.Site.Lifecycle.EndWhatIsOverAsync(Ct));
        (await Admin.GetAsync("/scratch/old")).Must(404);

        (await Admin.PutAsync("/scratch")).Must(200);

        (await Admin.GetAsync("/scratch/old")).MustRefuse(404, "NoSuchKey");
        Assert.Equal(["lasting", "scratch"], (await Admin.GetAsync("/")).All("Name"));
        (await Admin.PutAsync("/scratch")).MustRefuse(409, "BucketAlreadyOwnedByYou");
        (await Admin.PutAsync("/scratch/new", "y")).Must(200);
        Assert.Equal("y", (await Admin.GetAsync("/scratch/new")).Text);
        await _door.RestartAsync();
        Assert.Equal("y", (await Admin.GetAsync("/scratch/new")).Text);
    }

    /// <summary>Days later, the upkeep has been done that the clock brings about.</summary>
    private async Task PassAsync(int days)
    {
        for (int day = 0; day < days; day++)
        {
            await _door.PassAsync(TimeSpan.FromDays(1));
            await _door.Site.HeadCompactor.CompactAsync(await IdAsync(), CompactionRequest.Automatic, Ct);
            await _door.Site.Rules.RunAsync(Ct);
            await _door.Site.Lifecycle.EndWhatIsOverAsync(Ct);
            await _door.Site.Collector.CollectAsync(Ct);
        }
    }

    private async Task<Model.DatasetId> IdAsync() => new(
        JsonDocument.Parse(await _door.RestAsync(HttpMethod.Get, "datasets/resolve?name=lasting")).RootElement.GetProperty("id").GetGuid());
}
