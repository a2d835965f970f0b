using Hutch.Client;
using Hutch.Client.Receipts;
using Hutch.Contracts;
using Hutch.Federation.Tests.Support;
using Hutch.Model;
using Hutch.Model.Sites;

namespace Hutch.Federation.Tests.Copies;

/// <summary>A home gives up results that a program computes again, and nothing else. Two real sites, whose nodes the tests play.</summary>
public sealed class ReproductionTests : IAsyncLifetime
{
    private const string Fit = """
        title: Fit of a scan
        version: "1.2"
        image: admin/tools@1
        command: [fit, "{input}", "{output}"]
        rerun: {differs: ["date.txt"], within: [{files: "*.csv", relative: 1e-3}]}
        """;

    private static readonly (string Path, string Text)[] Results =
        [("volume", "the volume"), ("fit.csv", "1.0,2.0"), ("date.txt", "Monday"), ("hutch-run.log", "at node1")];

    private readonly PlayedPrograms _programs = new();
    private readonly PlayedPrograms _others = new();
    private readonly Dictionary<string, DatasetId> _inputs = [];
    private SiteServer _zone = null!;
    private SiteServer _archive = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _programs.WriteAsync("fit", Fit);
        await _programs.WriteAsync("each", Fit.Replace("{input}", "{file}", StringComparison.Ordinal) + "\neach: \"*.txt\"\n");
        await _others.WriteAsync("fit", Fit);
        _zone = await SiteServer.StartAsync(hasAllDoors: true, programs: _programs);
        _archive = await SiteServer.StartAsync("new", programs: _others);
        await _archive.JoinAsync(_zone, "archive");
    }

    public async ValueTask DisposeAsync()
    {
        await _archive.DisposeAsync();
        await _zone.DisposeAsync();
        _programs.Delete();
        _others.Delete();
    }

    [Fact]
    public async Task Evicted_results_say_at_every_door_how_to_get_them_back_and_a_rerun_brings_them_back()
    {
        (RunInfo run, DatasetId results) = await ProveAsync();
        EvictionInfo evicted = await EvictAsync(results);
        await _zone.Site.Collector.CollectAsync(Ct);
        await _zone.RestartAsync();
        await _zone.Site.Collector.CollectAsync(Ct);

        Assert.Equal(("evicted", run.Id, 2), (evicted.State, evicted.Reproduction!.Run, evicted.Reproduction.Kept));
        Assert.Empty(evicted.Sites);
        Assert.False(await IsStoredAsync("the volume") || await IsStoredAsync("1.0,2.0"));
        Assert.Equal(run.Id, (await _zone.Admin.GetDatasetAsync(results, Ct)).ReproducibleBy);
        Assert.Equal("at node1", await Copied.ReadTextAsync(_zone.Admin, results, "hutch-run.log"));
        Assert.Equal("Monday", await Copied.ReadTextAsync(_zone.Admin, results, "date.txt"));
        Assert.Contains("\"volume\"", await AnswerAsync($"datasets/{results}/files"), StringComparison.Ordinal);
        string refused = await AnswerAsync($"datasets/{results}/entries/volume");
        Assert.StartsWith("409\n", refused, StringComparison.Ordinal);
        Assert.Contains("urn:hutch:error:evicted", refused, StringComparison.Ordinal);
        Assert.Contains($"hutch rerun {run.Id} --restore", refused, StringComparison.Ordinal);
        Assert.StartsWith("409\n", await AnswerAsync($"datasets/{results}/archive.tar"), StringComparison.Ordinal);
        (int status, string dav) = await DavAsync("dav/admin/scan-fit/volume");
        Assert.Equal((409, true), (status, dav.Contains("--restore", StringComparison.Ordinal)));

        Assert.StartsWith("200\n", await AnswerAsync($"datasets/{results}/archive.tar?path=hutch-run.log"), StringComparison.Ordinal);
        string elsewhere = await Copied.AnswerAsync(_archive.Address, _archive.AdminToken, $"datasets/{results}/entries/volume");
        Assert.True(elsewhere.StartsWith("409\n", StringComparison.Ordinal), elsewhere);
        Assert.Contains($"hutch rerun {run.Id} --restore", elsewhere, StringComparison.Ordinal);

        // Copies, homes and derived entries need bytes.
        Assert.Equal(ErrorCode.Evicted, await CodeAsync(() => _zone.Admin.RequestCopyAsync(results, new AskCopy { Site = "archive" }, Ct)));
        Assert.Equal(ErrorCode.Evicted, await CodeAsync(() => _zone.Admin.RecallAsync(results, Ct)));
        Assert.Equal(ErrorCode.Evicted, await CodeAsync(() => _zone.Admin.CreateDatasetAsync(
            new CreateDataset { Name = "child", Parents = [new ParentReference { Dataset = results.ToString() }], Copy = true }, Ct)));
        Assert.Equal("fulfilled", Assert.Single((await _zone.Admin.GetRulesAsync(results, Ct)).Items).State);

        RunInfo again = await _zone.Admin.RerunAsync(run.Id, new StartRerun { Restore = true }, Ct);
        DatasetId copy = await _programs.ComputeAsync(
            _zone, again, ("volume", "the volume"), ("fit.csv", "1.0,2.0"), ("date.txt", "Friday"), ("hutch-run.log", "at node2"));
        StatementInfo said = await StatementAsync(copy);
        Assert.True(said.Reproduced);
        Assert.Equal("here", (await _zone.Admin.GetEvictionAsync(results, Ct)).State);
        await _zone.Admin.DeleteDatasetAsync(copy, Ct);
        await _zone.RestartAsync();
        await _zone.Site.Collector.CollectAsync(Ct);
        foreach ((string path, string text) in Results)
        {
            Assert.Equal(text, await Copied.ReadTextAsync(_zone.Admin, results, path));
        }

        Assert.Equal(ErrorCode.Conflict, await CodeAsync(() => _zone.Admin.RerunAsync(run.Id, new StartRerun { Restore = true }, Ct)));
    }

    [Fact]
    public async Task Evicted_bytes_count_as_absent_while_they_are_still_stored()
    {
        (_, DatasetId results) = await ProveAsync();
        string key = "SHA256-s10--" + BlobHash.Compute("the volume"u8);
        Assert.Equal(200, await HeadAsync("git/admin/scan-fit/annex/objects/" + key));
        await EvictAsync(results);

        Assert.True(await IsStoredAsync("the volume"));
        Assert.Equal(404, await HeadAsync("git/admin/scan-fit/annex/objects/" + key));
        Assert.StartsWith("409\n", await AnswerAsync($"datasets/{results}/entries/volume"), StringComparison.Ordinal);
        SignedFiles receipts = await _zone.Admin.GetReceiptsAsync(results, ["volume", "hutch-run.log"], ct: Ct);
        Assert.Equal(
            (ReceiptStates.Stored, ReceiptStates.Elsewhere), (receipts.Find("hutch-run.log")?.State, receipts.Find("volume")?.State));
        Assert.Equal(ErrorCode.Evicted, await CodeAsync(() => _zone.Admin.PublishAsync(results, new PublishDataset(), Ct)));

        // The owner of an input learns no name of another owner's results.
        await _zone.Admin.CreateUserAsync(new CreateUser { Name = "eve" }, Ct);
        await _zone.Admin.ChangeOwnerAsync(results, new ChangeOwner { Owner = "eve" }, Ct);
        string refusal = (await Assert.ThrowsAsync<HutchException>(() => _zone.Admin.DeleteDatasetAsync(_inputs["scan"], Ct))).Error.Message;
        Assert.Equal((true, false), (refusal.Contains(results.ToString(), StringComparison.Ordinal), refusal.Contains("scan-fit", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_rerun_with_another_result_serves_nothing_and_names_the_files_even_if_a_tolerance_would_permit_them()
    {
        (RunInfo run, DatasetId results) = await ProveAsync();
        await EvictAsync(results);
        await _zone.Site.Collector.CollectAsync(Ct);

        RunInfo again = await _zone.Admin.RerunAsync(run.Id, new StartRerun { Restore = true }, Ct);
        DatasetId copy = await _programs.ComputeAsync(
            _zone, again, ("volume", "the volume"), ("fit.csv", "1.0001,2.0"), ("date.txt", "Friday"), ("hutch-run.log", "at node2"));
        StatementInfo said = await StatementAsync(copy);
        Assert.False(said.Reproduced);
        Assert.Equal(["fit.csv"], said.Unequal.Where(static one => one.Kind == "different").Select(static one => one.Path));

        // The rerun has the bytes of the volume, and still nothing is served.
        Assert.Equal("evicted", (await _zone.Admin.GetEvictionAsync(results, Ct)).State);
        Assert.True(await IsStoredAsync("the volume"));
        Assert.StartsWith("409\n", await AnswerAsync($"datasets/{results}/entries/volume"), StringComparison.Ordinal);

        // Without a file, or with another one, it is no better. Then all are equal.
        again = await _zone.Admin.RerunAsync(run.Id, new StartRerun { Restore = true }, Ct);
        Assert.False((await StatementAsync(await _programs.ComputeAsync(_zone, again, Results[..1]))).Reproduced);
        Assert.Equal("evicted", (await _zone.Admin.GetEvictionAsync(results, Ct)).State);
        again = await _zone.Admin.RerunAsync(run.Id, new StartRerun { Restore = true }, Ct);
        Assert.True((await StatementAsync(await _programs.ComputeAsync(_zone, again, Results))).Reproduced);
        Assert.Equal("the volume", await Copied.ReadTextAsync(_zone.Admin, results, "volume"));
    }

    [Fact]
    public async Task Results_of_a_command_for_each_file_go_and_come_back_part_by_part()
    {
        await MakeInputsAsync(isHeld: true);
        RunInfo run = await _zone.Admin.StartProgramAsync("each", new StartProgram { Input = _inputs["scan"] }, Ct);
        DatasetId results = await _programs.ComputePartsAsync(_zone, run, ("a.txt/volume", "the volume"), ("a.txt/hutch-run.log", "at node1"));
        await PermitAsync(results);
        RunInfo rerun = await _zone.Admin.RerunAsync(run.Id, new StartRerun(), Ct);
        DatasetId copy = await _programs.ComputePartsAsync(_zone, rerun, ("a.txt/volume", "the volume"), ("a.txt/hutch-run.log", "at node2"));
        StatementInfo said = await StatementAsync(copy);
        Assert.Equal((true, 1L, "the log of the run"), (said.Reproduced, said.Files, Assert.Single(said.Unequal).How));
        await _zone.Site.Lifecycle.PurgeAsync(copy, "Its bytes would stay.", "admin", Ct);
        Assert.Equal("evicted", (await EvictAsync(results)).State);
        await _zone.Site.Collector.CollectAsync(Ct);

        // A part that is lacking, or is another one, brings nothing back.
        foreach (string part in (string[])["b.txt", "a.txt"])
        {
            RunInfo again = await _zone.Admin.RerunAsync(run.Id, new StartRerun { Restore = true }, Ct);
            said = await StatementAsync(await _programs.ComputePartsAsync(_zone, again, (part + "/volume", "the volume")));
            Assert.Equal(part == "a.txt", said.Reproduced);
            Assert.Equal(part == "a.txt" ? "here" : "evicted", (await _zone.Admin.GetEvictionAsync(results, Ct)).State);
        }

        Assert.Equal("the volume", await Copied.ReadTextAsync(_zone.Admin, results, "a.txt/volume"));
    }

    [Fact]
    public async Task Inputs_and_their_holders_stay_while_evicted_results_rely_on_them()
    {
        (RunInfo run, DatasetId results) = await ProveAsync();
        DatasetId[] inputs = [_inputs["scan"], _inputs["tools"]];
        await EvictAsync(results);

        foreach (DatasetId input in inputs)
        {
            Assert.Equal(ErrorCode.Conflict, await CodeAsync(() => _zone.Admin.RecallAsync(input, Ct)));
            Assert.Equal(ErrorCode.Conflict, await CodeAsync(() => _zone.Admin.DeleteDatasetAsync(input, Ct)));
            Assert.Equal(ErrorCode.Conflict, await CodeAsync(() => _zone.Admin.PurgeDatasetAsync(input, new PurgeDataset { Reason = "by mistake" }, Ct)));
            Assert.Equal(ErrorCode.Conflict, await CodeAsync(() => _zone.Admin.OrderPurgeAsync(new OrderPurge { Dataset = input, Reason = "by mistake" }, Ct)));
            Assert.Equal("held", (await _zone.Admin.GetEvictionAsync(input, Ct)).State);
        }

        // Trash keeps the name of the results, and with it the inputs.
        await _zone.Admin.DeleteDatasetAsync(results, Ct);
        Assert.Equal(ErrorCode.Conflict, await CodeAsync(() => _zone.Admin.RecallAsync(inputs[0], Ct)));
        await _zone.Admin.RestoreDatasetAsync(results, Ct);
        RunInfo again = await _zone.Admin.RerunAsync(run.Id, new StartRerun { Restore = true }, Ct);
        await StatementAsync(await _programs.ComputeAsync(_zone, again, Results));
        Assert.Equal("freeing", (await _zone.Admin.RecallAsync(inputs[0], Ct)).State);
    }

    [Fact]
    public async Task A_statement_of_another_site_permits_it_only_if_the_rule_names_that_site_C7()
    {
        (RunInfo run, DatasetId results) = await ProveElsewhereAsync();
        Assert.Equal("OtherSite", await RefusalAsync(results));
        RuleInfo unnamed = Assert.Single((await _zone.Admin.GetRulesAsync(results, Ct)).Items).Rule;
        await _zone.Admin.RemoveRuleAsync(unnamed.Number, Ct);
        await _zone.Admin.AddRuleAsync(results, new AddDatasetRule { Rule = "1 copy | reproducible at archive within 7 days where site=facility" }, Ct);

        Assert.Equal("evicted", (await EvictAsync(results)).State);
        RunInfo again = await _zone.Admin.RerunAsync(run.Id, new StartRerun { Restore = true }, Ct);
        await _programs.ComputeAsync(_zone, again, Results);
        while ((await _zone.Admin.GetEvictionAsync(results, Ct)).State != "here")
        {
            await Task.Delay(20, Ct);
        }
    }

    [Fact]
    public async Task A_statement_of_a_site_that_left_permits_nothing()
    {
        (_, DatasetId results) = await ProveElsewhereAsync();
        await _zone.Admin.RemoveSiteAsync("archive", force: true, Ct);

        Assert.Equal("ForeignStatement", await RefusalAsync(results));
        Assert.Equal("the volume", await Copied.ReadTextAsync(_zone.Admin, results, "volume"));
    }

    [Fact]
    public async Task Nothing_goes_without_each_condition()
    {
        (RunInfo run, DatasetId results) = await ComputeAsync(isHeld: false);
        Assert.Equal("NoStatement", await RefusalAsync(results));
        RunInfo rerun = await _zone.Admin.RerunAsync(run.Id, new StartRerun(), Ct);
        await StatementAsync(await _programs.ComputeAsync(_zone, rerun, Results));
        Assert.Equal("InputNotHeld", await RefusalAsync(results));
        await HoldAsync("scan");
        Assert.Equal("InputNotHeld", await RefusalAsync(results));
        await HoldAsync("tools");
        RuleInfo pin = await _zone.Admin.AddRuleAsync(results, new AddDatasetRule { Rule = "1 copy where site=facility" }, Ct);
        Assert.Equal("NeedsCopies", await RefusalAsync(results));
        await _zone.Admin.RemoveRuleAsync(pin.Number, Ct);

        // A newer rerun counts, though an older one had equal results.
        rerun = await _zone.Admin.RerunAsync(run.Id, new StartRerun(), Ct);
        await StatementAsync(await _programs.ComputeAsync(_zone, rerun, [("volume", "the volume"), ("fit.csv", "1.0001,2.0")]));
        Assert.Equal("Tolerance", await RefusalAsync(results));
        rerun = await _zone.Admin.RerunAsync(run.Id, new StartRerun(), Ct);
        await StatementAsync(await _programs.ComputeAsync(_zone, rerun, [("volume", "another")]));
        Assert.Equal("Different", await RefusalAsync(results));
        Assert.Equal("here", (await _zone.Admin.GetEvictionAsync(results, Ct)).State);

        // Other users do not see the dataset, and another site cannot evict it.
        CreatedUser eve = await _zone.Admin.CreateUserAsync(new CreateUser { Name = "eve" }, Ct);
        using HutchClient other = _zone.With(eve.Token!);
        Assert.Equal(ErrorCode.NotFound, await CodeAsync(() => other.EvictAsync(results, new EvictDataset { Reproducible = true }, Ct)));
        Assert.Equal(ErrorCode.Conflict, await CodeAsync(() => _archive.Admin.EvictAsync(
            results, new EvictDataset { Reproducible = true }, Ct)));
    }

    /// <summary>Computes results whose inputs both sites hold.</summary>
    private async Task<(RunInfo Run, DatasetId Results)> ComputeAsync(bool isHeld = true)
    {
        await MakeInputsAsync(isHeld);
        RunInfo run = await _zone.Admin.StartProgramAsync("fit", new StartProgram { Input = _inputs["scan"] }, Ct);
        DatasetId results = await _programs.ComputeAsync(_zone, run, Results);
        await PermitAsync(results);
        return (run, results);
    }

    private async Task MakeInputsAsync(bool isHeld)
    {
        foreach (string name in (string[])["scan", "tools"])
        {
            DatasetInfo made = await _zone.Admin.CreateDatasetAsync(new CreateDataset { Name = name }, Ct);
            await _zone.Admin.PutEntryAsync(made.Id, "a.txt", System.Text.Encoding.UTF8.GetBytes(name), ct: Ct);
            await _zone.Admin.CloseDatasetAsync(made.Id, new CloseDataset(), Ct);
            await _zone.Admin.RequestCopyAsync(made.Id, new AskCopy { Site = "archive" }, Ct);
            await Copied.UntilCompleteAsync(_zone.Admin, made.Id, "archive", 1);
            _inputs[name] = made.Id;
            if (isHeld)
            {
                await HoldAsync(name);
            }
        }
    }

    private async Task PermitAsync(DatasetId results)
    {
        await _zone.Admin.CloseDatasetAsync(results, new CloseDataset(), Ct);
        await _zone.Admin.AddRuleAsync(results, new AddDatasetRule { Rule = "1 copy | reproducible within 7 days where site=facility" }, Ct);
    }

    /// <summary>Does the same, and repeats the run with equal results.</summary>
    private async Task<(RunInfo Run, DatasetId Results)> ProveAsync()
    {
        (RunInfo run, DatasetId results) = await ComputeAsync();
        RunInfo rerun = await _zone.Admin.RerunAsync(run.Id, new StartRerun(), Ct);
        DatasetId copy = await _programs.ComputeAsync(_zone, rerun, [.. Results[..3], ("hutch-run.log", "at node2")]);
        Assert.True((await StatementAsync(copy)).Reproduced);
        await _zone.Site.Lifecycle.PurgeAsync(copy, "Its bytes would stay.", "admin", Ct);
        return (run, results);
    }

    /// <summary>Computes results, and repeats the run at the other site, which then gives up its copy of the former results.</summary>
    private async Task<(RunInfo Run, DatasetId Results)> ProveElsewhereAsync()
    {
        (RunInfo run, DatasetId results) = await ComputeAsync();
        await _zone.Admin.RequestCopyAsync(results, new AskCopy { Site = "archive" }, Ct);
        await Copied.UntilCompleteAsync(_zone.Admin, results, "archive", 1);
        RunInfo rerun = await _archive.Admin.RerunAsync(run.Id, new StartRerun(), Ct);
        StatementInfo said = await StatementAsync(await _others.ComputeAsync(_archive, rerun, Results), _archive);
        await _zone.Admin.AddStatementAsync(results, new AddStatement { Document = said.Document!, Proof = said.Proof! }, Ct);
        Assert.Equal("HasCopies", await RefusalAsync(results));
        await _zone.Admin.WithdrawCopyAsync(results, "archive", Ct);
        await Copied.UntilAsync(_zone.Admin, results, "archive", static copy => copy.State == "released");
        return (run, results);
    }

    private async Task HoldAsync(string name)
    {
        DatasetId id = _inputs[name];
        await _zone.Admin.EvictAsync(id, new EvictDataset { Keep = true }, Ct);
        while ((await _zone.Admin.GetEvictionAsync(id, Ct)).State != "held")
        {
            await Task.Delay(20, Ct);
        }
    }

    private Task<EvictionInfo> EvictAsync(DatasetId id) => _zone.Admin.EvictAsync(id, new EvictDataset { Reproducible = true }, Ct);

    private async Task<string> RefusalAsync(DatasetId id) =>
        (await Assert.ThrowsAsync<HutchException>(() => EvictAsync(id))).Error.Details!["refusal"];

    private static async Task<ErrorCode> CodeAsync(Func<Task> ask) => (await Assert.ThrowsAsync<HutchException>(ask)).Error.Code;

    private Task<StatementInfo> StatementAsync(DatasetId results) => StatementAsync(results, _zone);

    private static async Task<StatementInfo> StatementAsync(DatasetId results, SiteServer site)
    {
        while (true)
        {
            if (await site.Admin.ListStatementsAsync(results, Ct).FirstOrDefaultAsync(Ct) is { } found)
            {
                return found;
            }

            await Task.Delay(20, Ct);
        }
    }

    private async Task<bool> IsStoredAsync(string text) =>
        await _zone.Site.Blobs.FindPermanentAsync(BlobHash.Compute(System.Text.Encoding.UTF8.GetBytes(text)), Ct) is not null;

    private async Task<int> HeadAsync(string path)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(_zone.Address, path));
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", _zone.AdminToken);
        return (int)(await http.SendAsync(request, Ct)).StatusCode;
    }

    private Task<string> AnswerAsync(string path) => Copied.AnswerAsync(_zone.Address, _zone.AdminToken, path);

    private async Task<(int Status, string Body)> DavAsync(string path)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", _zone.AdminToken);
        using HttpResponseMessage answer = await http.GetAsync(new Uri(_zone.Address, path), Ct);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}
