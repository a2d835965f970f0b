using Hutch.Client;
using Hutch.Contracts;
using Hutch.Federation.Copies;
using Hutch.Federation.Keys;
using Hutch.Federation.Links;
using Hutch.Federation.Tests.Placement;
using Hutch.Federation.Tests.Support;
using Hutch.Federation.Wire;
using Hutch.Model;
using Hutch.Model.Sites;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A site keeps its copy for the home, and proves that all of it is there.</summary>
public sealed class HoldTests(TwoSites sites) : IClassFixture<TwoSites>
{
    private static readonly BlobHash Nonce = BlobHash.Compute("a number"u8);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_held_copy_stays_whatever_rules_want_until_the_home_has_signed_that_it_need_not()
    {
        using Home home = await DialAsync();
        DatasetId id = await TwoSites.MakeAsync(sites.Zone.Admin, "held");
        await sites.Zone.Admin.CloseDatasetAsync(id, new CloseDataset(), Ct);
        RuleInfo rule = await sites.Zone.Admin.AddRuleAsync(id, new AddDatasetRule { Rule = "1 copy where tier=archive" }, Ct);
        await Copied.UntilCompleteAsync(sites.Zone.Admin, id, "archive", 1);

        HoldAnswer held = await home.UntilAttestedAsync(id, Nonce);
        HutchError removed = await RefusedAsync(() => sites.Zone.Admin.RemoveSiteAsync("archive", ct: Ct));
        HutchError moved = await RefusedAsync(() => sites.Zone.Admin.MoveHomeAsync(id, new MoveHome { Site = "archive" }, Ct));
        await sites.Zone.Admin.RemoveRuleAsync(rule.Number, Ct);
        RuleInfo other = await sites.Zone.Admin.AddRuleAsync(id, new AddDatasetRule { Rule = "1 copy where tier=none" }, Ct);
        await TwoSites.UntilAsync(sites.Zone.Admin, id, other.Number, "impossible");
        await sites.Zone.Admin.RemoveRuleAsync(other.Number, Ct);
        string kept = (await Copied.UntilAsync(sites.Zone.Admin, id, "archive", static _ => true)).State;
        Result<DoneAnswer> forged = await home.UnholdAsync(id, Nonce, BlobHash.Compute("another"u8));
        Result<DoneAnswer> ended = await home.UnholdAsync(id, Nonce, Nonce);
        await UntilReleasedAsync(id);

        Assert.True(home.HasSigned(id, held));
        Assert.Contains("Only archive has all of ", removed.Message, StringComparison.Ordinal);
        Assert.Contains("admin/held", removed.Message, StringComparison.Ordinal);
        Assert.Contains("Other sites hold the bytes of admin/held", moved.Message, StringComparison.Ordinal);
        Assert.Equal("complete", kept);
        Assert.Contains("has not signed", forged.Error!.Message, StringComparison.Ordinal);
        Assert.True(ended.IsOk, ended.Error?.Message);
    }

    [Fact]
    public async Task A_copy_is_read_anew_for_each_number_also_after_a_restart_of_its_site()
    {
        using Home home = await DialAsync();
        DatasetId id = await Copied.MakeAsync(sites.Zone.Admin, "again");
        await sites.Zone.Admin.CloseDatasetAsync(id, new CloseDataset(), Ct);
        await sites.Zone.Admin.RequestCopyAsync(id, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(sites.Zone.Admin, id, "archive", 2);

        HoldAnswer first = await home.UntilAttestedAsync(id, Nonce);
        await sites.Archive.RestartAsync();
        using Home later = await DialAsync();
        HoldAnswer again = await later.UntilAttestedAsync(id, Nonce);
        HoldAnswer other = await later.UntilAttestedAsync(id, BlobHash.Compute("another"u8));

        Assert.Equal(first.Digest, again.Digest);
        Assert.NotEqual(first.Digest, other.Digest);
    }

    [Fact]
    public async Task Bytes_that_changed_on_the_disk_of_a_holder_are_not_attested()
    {
        using Home home = await DialAsync();
        DatasetInfo made = await sites.Zone.Admin.CreateDatasetAsync(new CreateDataset { Name = "rotten" }, Ct);
        byte[] bytes = Copied.Bytes(100_000, 4711);
        await sites.Zone.Admin.PutEntryAsync(made.Id, "a.bin", bytes, ct: Ct);
        await sites.Zone.Admin.CloseDatasetAsync(made.Id, new CloseDataset(), Ct);
        await sites.CopyAsync(made.Id);
        await sites.Archive.StopAsync();
        Assert.True(Damage(Path.Combine(sites.Archive.Folder, "segments"), bytes[50_000..50_100]));
        await sites.Archive.StartAgainAsync();

        using Home now = await DialAsync();
        Result<HoldAnswer> refused = await now.UntilAnsweredAsync(made.Id, Nonce);

        Assert.Equal(ErrorCode.Quarantined.Name, Named(refused));
    }

    [Fact]
    public async Task Only_the_home_gets_a_hold_and_only_on_a_closed_dataset_of_the_same_epoch()
    {
        using Home home = await DialAsync();
        DatasetId open = await sites.MakeCopiedAsync("open");
        DatasetId closed = await sites.MakeCopiedAsync("closed");
        await sites.Zone.Admin.CloseDatasetAsync(closed, new CloseDataset(), Ct);
        using var thief = new Home(SiteKey.Read(SiteKey.Make()), sites, (await sites.Archive.Admin.GetSitesAsync(Ct)).Here.Address!, "");

        Result<HoldAnswer> stolen = await thief.HoldAsync(closed, Nonce, Nonce, 1);
        Result<HoldAnswer> ofOpen = await home.HoldAsync(open, Nonce, Nonce, 1);
        Result<HoldAnswer> ofEpoch = await home.HoldAsync(closed, Nonce, Nonce, 2);

        Assert.Equal(ErrorCode.Forbidden.Name, Named(stolen));
        Assert.Contains("is open here", ofOpen.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("epoch other than 2", ofEpoch.Error!.Message, StringComparison.Ordinal);
    }

    private static string? Named(Result<HoldAnswer> answer) => answer.Error?.Code.Name;

    private static bool Damage(string folder, byte[] pattern)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            byte[] all = File.ReadAllBytes(file);
            int at = all.AsSpan().IndexOf(pattern);
            if (at >= 0)
            {
                all[at] ^= 1;
                File.WriteAllBytes(file, all);
                return true;
            }
        }

        return false;
    }

    /// <summary>Until no rule's copy is left: it is in the trash of its site, or gone.</summary>
    private async Task UntilReleasedAsync(DatasetId id)
    {
        while ((await sites.Zone.Admin.GetCopiesAsync(id, Ct)).Items.Any(static copy => copy.State == "complete"))
        {
            await Task.Delay(20, Ct);
        }
    }

    private static async Task<HutchError> RefusedAsync(Func<Task> action) => (await Assert.ThrowsAsync<HutchException>(action)).Error;

    private async Task<Home> DialAsync()
    {
        return new Home(
            SiteKey.Read(await File.ReadAllTextAsync(sites.Zone.KeyFile, Ct)), sites,
            (await sites.Archive.Admin.GetSitesAsync(Ct)).Here.Address!,
            JoinToken.Parse(await sites.Zone.InviteAsync("any-" + Guid.NewGuid().ToString("N")[..8])).Value.Zone);
    }

    /// <summary>The home, as it asks the archive.</summary>
    private sealed class Home : IDisposable
    {
        private readonly SiteKey _key;
        private readonly BlobHash _holder;
        private readonly string _zone;
        private readonly SiteClient _client;
        private readonly TwoSites _sites;
        private BlobHash _history;

        public Home(SiteKey key, TwoSites sites, string address, string zone)
        {
            (_key, _sites, _zone) = (key, sites, zone);
            using SiteKey holder = SiteKey.Read(File.ReadAllText(sites.Archive.KeyFile));
            _holder = holder.Fingerprint;
            _client = new SiteClient(address, _holder, key);
        }

        public Task<Result<HoldAnswer>> HoldAsync(DatasetId id, BlobHash nonce, BlobHash history, long epoch) => new HomeClient(
            _client, TimeProvider.System).HoldAsync(
                new HoldRequest { Dataset = id, Epoch = epoch, History = history, Nonce = nonce }, Ct);

        public Task<Result<DoneAnswer>> UnholdAsync(DatasetId id, BlobHash nonce, BlobHash signed) => new HomeClient(
            _client, TimeProvider.System).UnholdAsync(
                new UnholdRequest { Dataset = id, Nonce = nonce, Proof = new UnholdStatement(_zone, id, _holder, signed).Sign(_key) }, Ct);

        /// <summary>Asks until it has read, with the history that it has.</summary>
        public async Task<Result<HoldAnswer>> UntilAnsweredAsync(DatasetId id, BlobHash nonce)
        {
            _history = await HistoryAsync(id);
            while (true)
            {
                Result<HoldAnswer> answer = await HoldAsync(id, nonce, _history, 1);
                if (answer is { IsOk: true, Value.Digest: not null } || (!answer.IsOk && answer.Error.Code != ErrorCode.Unavailable))
                {
                    return answer;
                }

                await Task.Delay(20, Ct);
            }
        }

        public async Task<HoldAnswer> UntilAttestedAsync(DatasetId id, BlobHash nonce)
        {
            Result<HoldAnswer> answer = await UntilAnsweredAsync(id, nonce);
            Assert.True(answer.IsOk, answer.Error?.Message);
            return answer.Value;
        }

        public bool HasSigned(DatasetId id, HoldAnswer answer) => new AttestStatement(
            _zone, id, 1, _history, Nonce, _key.Fingerprint, answer.Digest!.Value).IsSigned(_holder, answer.Proof);

        public void Dispose()
        {
            _client.Dispose();
            _key.Dispose();
        }

        /// <summary>What the archive's operator would be asked for: the home knows it, as it has written it.</summary>
        private async Task<BlobHash> HistoryAsync(DatasetId id)
        {
            string address = (await _sites.Zone.Admin.GetSitesAsync(Ct)).Here.Address!;
            using var holder = SiteKey.Read(await File.ReadAllTextAsync(_sites.Archive.KeyFile, Ct));
            using var client = new SiteClient(address, _key.Fingerprint, holder);
            OfferedHistory offered = (await new HomeClient(client, TimeProvider.System).HistoryAsync(id, null, Ct)).Value!;
            await offered.Document.DisposeAsync();
            return HistoryStatement.Read(_key.Fingerprint, offered.Statement, offered.Signature).Value.History;
        }
    }
}
