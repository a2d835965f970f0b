using System.Text.Json;
using Hutch.Api.Tests.Support;
using Hutch.Programs.Engines;

namespace Hutch.Api.Tests.Contract;

/// <summary>Programs of people and visits with a budget of processor time.</summary>
public sealed class ProgramBudgetTests : IAsyncLifetime
{
    // Each attempt may use one core for an hour.
    private const string Fit = """
        title: Fit of a scan
        version: "1"
        accepts: {state: any}
        command: [fit, "{input}", "{output}"]
        resources: {cores: 1, time: 1 h}
        when: closed
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("hutch-programs-").FullName;
    private readonly LyingEngine _engine = new();
    private TestServer _server = null!;
    private TestCaller _ada = null!;
    private string _input = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "fit.yaml"), Fit.Replace("when: closed", "", StringComparison.Ordinal), Ct);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "auto.yaml"), Fit.Replace("{state: any}", "{types: [mx], state: closed}", StringComparison.Ordinal), Ct);
        _server = await TestServer.StartAsync(programs: _folder, engine: _engine);
        _ada = await _server.UserAsync("ada");
        _input = await _ada.DatasetAsync("scan");
        (await _ada.PutAsync($"datasets/{_input}/entries/a", "1")).Must(201);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_run_beyond_the_budget_is_refused_with_the_numbers_or_waits_for_those_before_it_and_says_so()
    {
        (await BudgetAsync("ada", new { coreHours = 0.5 })).Must(200);
        JsonElement refusal = (await StartAsync(_ada, _input)).MustRefuse(507, "insufficient-storage").Json;
        Assert.Equal(("ada", "core-seconds", "1800", "0", "3600"), (Text(refusal, "owner"), Text(refusal, "quota"), Text(refusal, "limit"), Text(refusal, "used"), Text(refusal, "needed")));
        Assert.Contains("0 of 0.5 core hours", Text(refusal, "detail"), StringComparison.Ordinal);
        Assert.Equal(0, (await _ada.GetAsync("runs")).Must(200).Json.GetProperty("items").GetArrayLength());

        (await BudgetAsync("ada", new { coreHours = 1.5, monthly = true })).Must(200);
        string first = Text((await StartAsync(_ada, _input)).Must(201).Json, "id")!;
        string second = Text((await StartAsync(_ada, _input)).Must(201).Json, "id")!;
        Assert.Equal(first, (await _engine.NextAsync(Ct)).Attempt.Run.ToString("N"));
        Assert.Contains("those at engines may use 1.", await ReasonAsync(_ada, second), StringComparison.Ordinal);
        JsonElement shown = (await _ada.GetAsync("owners/ada/quota")).Must(200).Json;
        Assert.Equal((1.5, 1.0, true), (shown.GetProperty("budgetCoreHours").GetDouble(), shown.GetProperty("coreHoursReserved").GetDouble(), shown.GetProperty("budgetMonthly").GetBoolean()));

        // Stopping the first run frees its reserved time for the second one.
        (await _ada.PostAsync($"runs/{first}/stop", new { })).Must(204);
        Assert.Equal(second, (await _engine.NextAsync(Ct)).Attempt.Run.ToString("N"));
        (await BudgetAsync("ada", new { coreHours = 0.1 })).Must(200);
        (await _ada.PostAsync($"runs/{first}/retry", new { })).MustRefuse(507, "insufficient-storage");
    }

    [Fact]
    public async Task A_start_by_a_rule_waits_for_its_budget_and_is_given_up_only_if_it_never_fits()
    {
        (await _ada.PostAsync("programs/auto/enable", new { })).Must(204);
        (await BudgetAsync("ada", new { coreHours = 0.9 })).Must(200);
        await CloseAsync("never");
        await MailAsync("auto did not start on ada/never");

        (await BudgetAsync("ada", new { coreHours = 1 })).Must(200);
        string first = Text((await StartAsync(_ada, _input)).Must(201).Json, "id")!;
        AttemptOrder order = await _engine.NextAsync(Ct);
        TestCaller node = _server.With(order.Token);
        var claim = Guid.NewGuid();
        (await node.PostAsync($"runs/{first}/attempts/1/claim", new { claim, node = "node7" })).Must(200);
        (await node.PostAsync($"runs/{first}/attempts/1/finish", new { claim, state = "failed", message = "exit code 1" })).Must(200);
        (await StartAsync(_ada, _input)).MustRefuse(507, "insufficient-storage");
        await CloseAsync("later");
        string waiting = await RunOfAsync("later");
        Assert.Contains("of 1 core hours", await ReasonAsync(_ada, waiting), StringComparison.Ordinal);

        (await BudgetAsync("ada", new { })).Must(200);
        Assert.Equal(waiting, (await _engine.NextAsync(Ct)).Attempt.Run.ToString("N"));
    }

    [Fact]
    public async Task Results_from_data_of_a_visit_belong_to_the_visit_regardless_of_the_image_owner()
    {
        string image = await _ada.DatasetAsync("image"), ofVisit = await VisitAsync();
        (await _ada.PutAsync($"datasets/{image}/entries/bin/fit", "1")).Must(201);
        await File.WriteAllTextAsync(Path.Combine(_folder, "pictured.yaml"), Fit.Replace("when: closed", "image: ada/image", StringComparison.Ordinal), Ct);
        await _server.RestartAsync();

        string run = Text((await _ada.PostAsync("programs/pictured/runs", new { input = ofVisit })).Must(201).Json, "id")!;

        JsonElement shown = (await _ada.GetAsync($"runs/{run}")).Must(200).Json;
        Assert.Equal("cm1-1/scan-pictured", Text(shown.GetProperty("names"), shown.GetProperty("outputs")[0].GetString()!));
    }

    [Fact]
    public async Task A_run_on_data_of_a_visit_takes_from_the_visit_and_one_on_own_data_from_its_person()
    {
        string ofVisit = await VisitAsync();
        (await BudgetAsync("ada", new { coreHours = 1 })).Must(200);
        string first = Text((await StartAsync(_ada, ofVisit)).Must(201).Json, "id")!, second = Text((await StartAsync(_ada, ofVisit)).Must(201).Json, "id")!;
        string own = Text((await StartAsync(_ada, _input)).Must(201).Json, "id")!;

        Assert.Equal(first, (await _engine.NextAsync(Ct)).Attempt.Run.ToString("N"));
        Assert.Equal(own, (await _engine.NextAsync(Ct)).Attempt.Run.ToString("N"));
        Assert.Contains("'cm1-1'", await ReasonAsync(_ada, second), StringComparison.Ordinal);
        Assert.Equal(1, (await _ada.GetAsync("owners/cm1-1/quota")).Must(200).Json.GetProperty("coreHoursReserved").GetDouble());
        (await _server.Admin.PostAsync("visits", new { name = "cm1-2", proposal = "cm1", begin = "2026-01-01T00:00:00Z", end = "2090-01-01T00:00:00Z", coreHours = -1 })).MustRefuse(400, "bad-request");
        (await _server.Admin.GetAsync("visits/cm1-2")).MustRefuse(404, "not-found");
    }

    [Fact]
    public async Task Only_administrators_set_budgets_and_no_number_that_is_none()
    {
        (await _ada.PutJsonAsync("owners/ada/budget", new { coreHours = 1 })).MustRefuse(403, "forbidden");
        (await BudgetAsync("nobody", new { coreHours = 1 })).MustRefuse(404, "not-found");
        (await BudgetAsync("ada", new { coreHours = -0.1 })).MustRefuse(400, "bad-request");
        (await BudgetAsync("ada", new { coreHours = 1e300 })).MustRefuse(400, "bad-request");
        (await BudgetAsync("ada", new { coreHour = 1 })).MustRefuse(400, "invalid-body");
        Assert.False((await BudgetAsync("ada", new { })).Must(200).Json.TryGetProperty("budgetCoreHours", out _));
    }

    private async Task<string> VisitAsync()
    {
        (await _server.Admin.PostAsync("visits", new
        {
            name = "cm1-1",
            proposal = "cm1",
            begin = "2026-01-01T00:00:00Z",
            end = "2090-01-01T00:00:00Z",
            people = new[] { new { user = "ada" } },
            coreHours = 1.5,
        })).Must(200);
        string id = Text((await _ada.PostAsync("datasets", new { name = "cm1-1/scan" })).Must(201).Json, "id")!;
        (await _ada.PutAsync($"datasets/{id}/entries/a", "1")).Must(201);
        return id;
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).ToString();

    private static Task<Answer> StartAsync(TestCaller caller, string input) => caller.PostAsync("programs/fit/runs", new { input, ifSame = "start" });

    private static async Task<string?> ReasonAsync(TestCaller caller, string run)
    {
        JsonElement shown = (await caller.GetAsync($"runs/{run}")).Must(200).Json;
        Assert.Equal("queued", Text(shown, "state"));
        return Text(shown.GetProperty("attempt"), "reason");
    }

    private Task<Answer> BudgetAsync(string owner, object budget) => _server.Admin.PutJsonAsync($"owners/{owner}/budget", budget);

    private async Task CloseAsync(string name)
    {
        string id = Text((await _ada.PostAsync("datasets", new { name, type = "mx" })).Must(201).Json, "id")!;
        (await _ada.PutAsync($"datasets/{id}/entries/a", "1")).Must(201);
        (await _ada.PostAsync($"datasets/{id}/close", new { })).Must(200);
    }

    private async Task MailAsync(string subject)
    {
        while (!(await _ada.GetAsync("me/mails")).Must(200).Json.GetProperty("items").EnumerateArray().Any(mail => Text(mail, "subject") == subject))
        {
            await Task.Delay(50, Ct);
        }
    }

    private async Task<string> RunOfAsync(string name)
    {
        while (true)
        {
            JsonElement[] runs = [.. (await _ada.GetAsync("runs")).Must(200).Json.GetProperty("items").EnumerateArray()];
            if (runs.FirstOrDefault(run => Text(run, "program") == "auto") is { ValueKind: JsonValueKind.Object } run)
            {
                Assert.Contains(run.GetProperty("names").EnumerateObject(), one => one.Value.GetString() == $"ada/{name}");
                return Text(run, "id")!;
            }

            await Task.Delay(50, Ct);
        }
    }
}
