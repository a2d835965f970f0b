using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Contracts;
using Hutch.Federation;
using Hutch.Model;
using Hutch.Model.Sites;

namespace Hutch.Api.Tests.Contract;

/// <summary>Signed proofs that a site stores files.</summary>
public sealed class ReceiptTests : IAsyncLifetime
{
    private const string Odd = "odd\n name.txt";

    private static readonly BlobHash Nonce = BlobHash.Compute("nonce"u8);

    private TestServer _server = null!;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(sites: new SitesOptions());
        _id = await _server.Admin.DatasetAsync("kept");
        (await _server.Admin.PutAsync($"datasets/{_id}/entries/b/a.txt", "alpha")).Must(201);
        (await _server.Admin.PutAsync($"datasets/{_id}/entries/{Uri.EscapeDataString(Odd)}", "odd")).Must(201);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_receipt_names_the_stored_files_of_a_version_and_the_site_signs_that()
    {
        ReceiptList list = await AskAsync("", Odd, "none", "b/a.txt", "b", "b/a.txt");
        ReceiptList again = await AskAsync("", "b/a.txt");

        Assert.Equal(["b/a.txt", Odd], list.Files.Select(file => file.Path));
        Assert.Equal(["stored", "stored"], list.Files.Select(file => file.State));
        Assert.Equal((5, BlobHash.Compute("alpha"u8)), (list.Files[0].Size, list.Files[0].Hash));
        Assert.Equal((1, 1), (list.Snapshot, again.Snapshot));
        Assert.Equal(list.Site, (await _server.Admin.GetAsync("sites")).Must(200).Json.GetProperty("here").GetProperty("key").GetString());
        Assert.True(IsSigned(list));
    }

    [Fact]
    public async Task Nothing_of_a_receipt_can_be_changed_and_no_other_key_signs_it()
    {
        ReceiptList list = await AskAsync("", Odd, "b/a.txt");
        FileReceipt file = list.Files[0];

        Assert.False(IsSigned(list with { Snapshot = 2 }));
        Assert.False(IsSigned(list with { Time = list.Time + 1 }));
        Assert.False(IsSigned(list with { Nonce = BlobHash.Compute("other"u8) }));
        Assert.False(IsSigned(list with { Dataset = new DatasetId(Guid.NewGuid()) }));
        Assert.False(IsSigned(list with { Site = SiteKeyText.Format(Nonce) }));
        Assert.False(IsSigned(list with { Files = [file] }));
        foreach (FileReceipt forged in (FileReceipt[])
            [file with { Path = "b/b.txt" }, file with { Size = 6 }, file with { Hash = Nonce }, file with { State = "temporary" }])
        {
            Assert.False(IsSigned(list with { Files = [forged, list.Files[1]] }));
        }
    }

    [Fact]
    public async Task A_file_of_a_temporary_dataset_is_only_stored_for_a_time()
    {
        _id = (await _server.Admin.PostAsync("datasets", new { name = "scratch", transientDays = 7 })).Must(201).Json.GetProperty("id").GetString()!;
        (await _server.Admin.PutAsync($"datasets/{_id}/entries/a", "alpha")).Must(201);

        Assert.Equal("temporary", Assert.Single((await AskAsync("", "a")).Files).State);
    }

    [Fact]
    public async Task A_receipt_is_about_the_version_that_was_named()
    {
        ReceiptList before = await AskAsync("", "b/a.txt");
        (await _server.Admin.PutAsync($"datasets/{_id}/entries/b/a.txt", "beta")).Must(204);

        Assert.Equal(before.Files, (await AskAsync("?at=1", "b/a.txt")).Files);
        Assert.Equal((2, BlobHash.Compute("beta"u8)), await AskAsync("", "b/a.txt") is var now ? (now.Snapshot, now.Files[0].Hash) : default);
    }

    [Fact]
    public async Task Too_many_paths_and_paths_that_are_none_are_refused()
    {
        (await TryAsync([.. Enumerable.Repeat("a", 1001)])).MustRefuse(413, "too-large");
        (await TryAsync(["../a"])).MustRefuse(400, "invalid-path");
        (await TryAsync([null])).MustRefuse(400, "invalid-path");
        Assert.Empty((await AskAsync("", [.. Enumerable.Repeat("a", 1000)])).Files);
    }

    private static bool IsSigned(ReceiptList list) => SiteSignature.IsSigned(
        SiteKeyText.Parse(list.Site).Value,
        new ReceiptStatement(
            SiteKeyText.Parse(list.Site).Value, list.Dataset, list.Snapshot, DateTimeOffset.FromUnixTimeMilliseconds(list.Time), list.Nonce,
            [.. list.Files.Select(file => new ReceiptLine(file.Path, file.Size, file.Hash, file.State))]).ToBytes(),
        list.Proof);

    private async Task<ReceiptList> AskAsync(string version, params string[] paths) => JsonSerializer.Deserialize(
        (await TryAsync(paths, version)).Must(200).Text, HutchJson.Default.ReceiptList)!;

    private Task<Answer> TryAsync(string?[] paths, string version = "") =>
        _server.Admin.PostAsync($"datasets/{_id}/receipts{version}", new { nonce = Nonce.ToString(), paths });
}
