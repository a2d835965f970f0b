using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A home is declared lost, another site goes on, and the lost one comes back with more than anybody knew.</summary>
public sealed class DeclaredLostTests
{
    private static readonly MoveHome ToCompute = new() { Site = "compute", Lost = true };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Late_writes_of_a_lost_home_return_as_a_second_dataset_and_the_owner_is_notified()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        DatasetId scan = await TwoSites.MakeAsync(archive.Admin, "scan");
        await zone.Admin.RequestCopyAsync(scan, new AskCopy { Site = "compute" }, Ct);
        CopyInfo known = await Copied.UntilCompleteAsync(zone.Admin, scan, "compute", 1);
        var connected = await Assert.ThrowsAsync<HutchException>(() => zone.Admin.MoveHomeAsync(scan, ToCompute, Ct));

        await compute.StopAsync();
        await archive.Admin.PutEntryAsync(scan, "late.txt", "only at the archive"u8.ToArray(), ct: Ct);
        await archive.StopAsync();
        await compute.StartAgainAsync();
        CopyList lost = await UntilDoneAsync(() => zone.Admin.MoveHomeAsync(scan, ToCompute, Ct));
        await archive.StartAgainAsync();
        DatasetInfo back = await UntilDoneAsync(() => archive.Admin.ResolveAsync("admin/scan-lost-archive", Ct));
        string late = await UntilDoneAsync(() => TextAsync(archive, back.Id, "late.txt"));
        await Copied.UntilCompleteAsync(zone.Admin, scan, "archive", known.Snapshot!.Value + 1000);
        await UntilDoneAsync(async () =>
        {
            await compute.Admin.PutEntryAsync(scan, "next.txt", "at the new home"u8.ToArray(), ct: Ct);
            return true;
        });

        Assert.Contains("archive, the home of admin/scan, is connected", connected.Error.Message, StringComparison.Ordinal);
        Assert.Equal(("compute", 2L), (lost.Home, lost.Epoch));
        Assert.Equal("only at the archive", late);
        Assert.Equal("at the new home", await TextAsync(compute, scan, "next.txt"));
        await Assert.ThrowsAsync<HutchException>(() => TextAsync(archive, scan, "late.txt"));
        Assert.Equal($"scan: what archive had beyond @{known.Snapshot}", (await archive.Admin.GetDatasetAsync(back.Id, Ct)).Title);
        Assert.Equal(["home-lost to 1", "home-returned to 1"], await NoticesAsync(zone.Admin));
    }

    [Fact]
    public async Task An_administrator_without_rights_on_the_dataset_gets_the_result_of_declaring_its_home_lost()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        await using SiteServer archive = await SiteServer.StartAsync("new");
        await archive.JoinAsync(zone, "archive");
        await using SiteServer compute = await SiteServer.StartAsync("new");
        await compute.JoinAsync(zone, "compute");
        CreatedUser ada = await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct);
        using HutchClient owner = zone.With(ada.Token!);
        CreatedToken token = await owner.CreateTokenAsync(new CreateToken { Site = "archive" }, Ct);
        using HutchClient writer = archive.With(token.Token!);
        DatasetId scan = await UntilDoneAsync(() => TwoSites.MakeAsync(writer, "scan"));
        await owner.RequestCopyAsync(scan, new AskCopy { Site = "compute" }, Ct);
        await Copied.UntilCompleteAsync(owner, scan, "compute", 1);
        await archive.StopAsync();

        CopyList lost = await UntilDoneAsync(() => zone.Admin.MoveHomeAsync(scan, ToCompute, Ct));

        Assert.Equal("compute", lost.Home);
    }

    [Fact]
    public async Task Only_an_administrator_of_the_zone_declares_that_a_home_is_lost()
    {
        await using SiteServer zone = await SiteServer.StartAsync();
        CreatedUser ada = await zone.Admin.CreateUserAsync(new CreateUser { Name = "ada" }, Ct);
        using HutchClient owner = zone.With(ada.Token!);
        DatasetId scan = await TwoSites.MakeAsync(owner, "scan");

        var refused = await Assert.ThrowsAsync<HutchException>(() => owner.MoveHomeAsync(scan, ToCompute, Ct));

        Assert.Equal(ErrorCode.Forbidden, refused.Error.Code);
        Assert.Contains("declare that the home of a dataset is lost", refused.Error.Message, StringComparison.Ordinal);
    }

    private static async Task<string> TextAsync(SiteServer at, DatasetId dataset, string path)
    {
        using HttpResponseMessage answer = await at.Admin.OpenEntryAsync(dataset, null, path, 0, Ct);
        return await answer.Content.ReadAsStringAsync(Ct);
    }

    /// <summary>Tries until it is done: sites find out one after the other who is away, and who is back.</summary>
    private static async Task<T> UntilDoneAsync<T>(Func<Task<T>> work)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.Conflict || e.Error.Code == ErrorCode.Unavailable
                || e.Error.Code == ErrorCode.NotFound || e.Error.Code == ErrorCode.Unauthenticated)
            {
                await Task.Delay(20, Ct);
            }
        }
    }

    private static async Task<List<string>> NoticesAsync(HutchClient zone)
    {
        var notices = new List<string>();
        await foreach (AuditInfo entry in zone.ListAuditAsync(0, null, null, Ct))
        {
            if (entry is { Action: "dataset.notice", Detail: { } detail } && detail.StartsWith("home-", StringComparison.Ordinal))
            {
                notices.Add(detail);
            }
        }

        notices.Sort(StringComparer.Ordinal);
        return notices;
    }
}
