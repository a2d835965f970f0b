using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;

namespace Hutch.Federation.Tests.Reading;

/// <summary>Versions of two datasets at different homes are compared at any site, by those who may read both.</summary>
public sealed class DiffTests : IAsyncLifetime
{
    private SiteServer _zone = null!;
    private SiteServer _compute = null!;
    private SiteServer _third = null!;
    private DatasetId _scan;
    private DatasetId _result;
    private DatasetId _sibling;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _zone = await SiteServer.StartAsync();
        _compute = await SiteServer.StartAsync("new");
        _third = await SiteServer.StartAsync("new", listens: false);
        await _compute.JoinAsync(_zone, "compute");
        await _third.JoinAsync(_zone, "third");
        await _zone.UntilAsync(static sites => sites.Items.Any(static site => site.Address is not null));
        _scan = await MakeAsync(_zone.Admin, "scan", ("a/b", "same"), ("a-b", "same"), ("a.b", "one"), ("é/b", "same"), ("only", "here"));
        _result = await MakeAsync(_compute.Admin, "result", ("a/b", "same"), ("a-b", "same"), ("a.b", "two"), ("é/b", "same"), ("a/c", "new"));
        _sibling = await MakeAsync(_compute.Admin, "sibling", ("a/b", "other"));
    }

    public async ValueTask DisposeAsync()
    {
        await _third.DisposeAsync();
        await _compute.DisposeAsync();
        await _zone.DisposeAsync();
    }

    [Fact]
    public async Task Datasets_of_two_homes_and_of_one_differ_in_the_same_files_at_every_site_and_in_both_directions()
    {
        foreach (SiteServer site in new[] { _zone, _compute, _third })
        {
            Assert.Equal(["changed a.b", "added a/c", "removed only"], await DiffAsync(site.Admin, _scan, "1", "1", _result));
            Assert.Equal(["changed a.b", "removed a/c", "added only"], await DiffAsync(site.Admin, _result, "1", "1", _scan));
            Assert.Equal(
                ["removed a-b", "removed a.b", "changed a/b", "removed a/c", "removed é/b"],
                await DiffAsync(site.Admin, _result, "1", "1", _sibling));
        }
    }

    [Fact]
    public async Task The_versions_of_each_are_those_that_were_asked_for_and_the_present_ones_without()
    {
        await _compute.Admin.PutEntryAsync(_result, "later", "x"u8.ToArray(), ct: Ct);

        Assert.Equal(["changed a.b", "added a/c", "removed only"], await DiffAsync(_third.Admin, _scan, "1", "1", _result));
        Assert.Equal(["changed a.b", "added a/c", "added later", "removed only"], await DiffAsync(_third.Admin, _scan, null, null, _result));
        Assert.Equal(["added later"], await DiffAsync(_third.Admin, _result, "1", null, null));
        HutchException none = await Assert.ThrowsAsync<HutchException>(() => DiffAsync(_third.Admin, _scan, "1", "99", _result));
        Assert.Equal("not-found", none.Error.Code.Name);
    }

    [Fact]
    public async Task A_private_dataset_on_either_side_is_as_one_that_is_not_there()
    {
        var nothing = new DatasetId(Guid.NewGuid());

        foreach (HutchClient reader in await EveAsync())
        {
            await UntilReadableAsync(reader, _scan);
            string none = await RefusalAsync(reader, _scan, nothing);
            foreach ((DatasetId first, DatasetId second) in new[] { (_scan, _result), (_result, _scan), (_result, _result) })
            {
                Assert.Equal(none, (await RefusalAsync(reader, first, second)).Replace($"{_result}", $"{nothing}", StringComparison.Ordinal));
            }
        }

        static async Task<string> RefusalAsync(HutchClient reader, DatasetId first, DatasetId second)
        {
            HutchException refused = await Assert.ThrowsAsync<HutchException>(() => DiffAsync(reader, first, "1", "1", second));
            return $"{refused.Error.Code.Name}: {refused.Error.Message}";
        }
    }

    [Fact]
    public async Task To_see_a_dataset_is_not_enough_to_compare_its_files()
    {
        HutchClient[] readers = await EveAsync();
        await _zone.Admin.PutGrantAsync(_result, "user:eve", new PutGrant { Right = "view" }, Ct);

        foreach (HutchClient reader in readers)
        {
            await UntilReadableAsync(reader, _scan);
            await UntilReadableAsync(reader, _result);
            foreach ((DatasetId first, DatasetId second) in new[] { (_scan, _result), (_result, _scan) })
            {
                HutchException refused = await Assert.ThrowsAsync<HutchException>(() => DiffAsync(reader, first, "1", "1", second));
                Assert.Equal("forbidden", refused.Error.Code.Name);
            }
        }
    }

    [Fact]
    public async Task A_home_that_cannot_be_reached_is_a_clear_refusal_and_no_half_comparison()
    {
        await _compute.StopAsync();

        HutchException away = await Assert.ThrowsAsync<HutchException>(() => DiffAsync(_zone.Admin, _scan, "1", "1", _result));

        Assert.Equal("unavailable", away.Error.Code.Name);
        await _compute.StartAgainAsync();
    }

    private static async Task<DatasetId> MakeAsync(HutchClient at, string name, params (string Path, string Text)[] files)
    {
        DatasetInfo made = await at.CreateDatasetAsync(new CreateDataset { Name = name }, Ct);
        foreach ((string path, string text) in files)
        {
            await at.PutEntryAsync(made.Id, path, System.Text.Encoding.UTF8.GetBytes(text), ct: Ct);
        }

        await at.CreateSnapshotAsync(made.Id, new CreateSnapshot(), Ct);
        return made.Id;
    }

    /// <summary>Another user, logged in at each site.</summary>
    private async Task<HutchClient[]> EveAsync()
    {
        HutchClient atZone = _zone.With((await _zone.Admin.CreateUserAsync(new CreateUser { Name = "eve" }, Ct)).Token!);
        HutchClient[] all = [atZone, _compute.With(await TokenAsync("compute")), _third.With(await TokenAsync("third"))];
        foreach (HutchClient one in all)
        {
            await SiteServer.UntilKnownAsync(one);
        }

        await _zone.Admin.PutGrantAsync(_scan, "user:eve", new PutGrant { Right = "read" }, Ct);
        return all;

        async Task<string> TokenAsync(string site) =>
            (await atZone.CreateTokenAsync(new CreateToken { Site = site, Scopes = ["read"] }, Ct)).Token!;
    }

    private static async Task<string[]> DiffAsync(HutchClient at, DatasetId dataset, string? from, string? to, DatasetId? with)
    {
        using FixedListing<DiffLine> diff = await at.DiffAsync(dataset, from, to, with, Ct);
        var lines = new List<string>();
        await foreach (DiffLine line in diff.Lines.WithCancellation(Ct))
        {
            if (line.Before?.Hash != line.After?.Hash)
            {
                lines.Add($"{line.Change} {line.Path}");
            }
        }

        return [.. lines];
    }

    /// <summary>Waits until the feed has brought the right to a site.</summary>
    private static async Task UntilReadableAsync(HutchClient at, DatasetId dataset)
    {
        while (true)
        {
            try
            {
                await at.GetDatasetAsync(dataset, Ct);
                return;
            }
            catch (HutchException e) when (e.Error.Code.Name == "not-found")
            {
                await Task.Delay(20, Ct);
            }
        }
    }
}
