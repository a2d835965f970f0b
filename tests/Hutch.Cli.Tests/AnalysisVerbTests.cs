using System.Text.Json;
using Hutch.Analysis.Steps;
using Hutch.Commands.Hosting;
using Hutch.Contracts;
using Hutch.Model.Analyses;
using Hutch.Model.Parameters;

namespace Hutch.Cli.Tests;

public sealed class AnalysisVerbTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task An_analysis_prints_rows_as_they_come_and_follows_again_when_the_connection_breaks()
    {
        int follows = 0;
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.Split('/')[^1] switch
        {
            "analyses" => Json(new AnalysisInfo { Run = "run-1", Dataset = _line.Server.Dataset, Name = "alice/lysozyme-spots", Frames = 2, Columns = AnalysisSteps.Catalog.Steps[0].Columns }, HutchJson.Default.AnalysisInfo),
            "results" when follows++ == 0 => Lines("""{"file-number":1,"n_spots_total":12,"n_spots_no_ice":11,"estimated_d_min":1.5,"total_intensity":1234.5}"""),
            "results" => Lines(
                """{"file-number":1,"n_spots_total":12,"n_spots_no_ice":11,"estimated_d_min":1.5,"total_intensity":1234.5}""",
                """{"file-number":2,"error":"The chunk is cut."}""",
                """{"end":true,"count":2,"state":"done"}"""),
            _ => null,
        };

        Assert.Equal(ExitCode.VerificationFailed, await _line.RunAsync("analyse", "lysozyme"));

        Assert.Equal(
            "   Frame     Spots  Spots without ice  Intensity/counts  Resolution/Å\n       1        12                 11              1234          1.50\n       2  The chunk is cut.\n",
            _line.Out.Replace("1235", "1234", StringComparison.Ordinal));
        Assert.Contains("2 frames in", _line.Error, StringComparison.Ordinal);
        Assert.Contains("1 failed. The results are in alice/lysozyme-spots.", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_analysis_that_is_there_already_is_shown_and_the_way_to_a_new_one_is_named()
    {
        string? asked = null;
        _line.Server.Intercept = request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/results", StringComparison.Ordinal))
            {
                return Lines("""{"file-number":1,"n_spots_total":12}""", """{"end":true,"count":1,"state":"done"}""");
            }

            if (!request.RequestUri.AbsolutePath.EndsWith("/analyses", StringComparison.Ordinal))
            {
                return null;
            }

            using var body = new StreamReader(request.Content!.ReadAsStream());
            asked = body.ReadToEnd();
            return Json(
                new AnalysisInfo { Run = "run-1", Dataset = _line.Server.Dataset, Name = "alice/lysozyme-spots", Existing = true, Columns = AnalysisSteps.Catalog.Steps[0].Columns },
                HutchJson.Default.AnalysisInfo);
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("analyse", "lysozyme"));

        Assert.DoesNotContain("again", asked, StringComparison.Ordinal);
        Assert.Contains("There is a run of the same analysis, run-1: `--again` starts a new one.\n", _line.Error, StringComparison.Ordinal);
        Assert.EndsWith("1 frame. The results are in alice/lysozyme-spots.\n", _line.Error, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("analyse", "lysozyme", "--again"));
        Assert.Contains("\"again\":true", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_a_run_reports_how_many_results_stay()
    {
        List<string> asked = [];
        _line.Server.Intercept = request =>
        {
            asked.Add($"{request.Method} {request.RequestUri!.AbsolutePath}");
            return request.Method == HttpMethod.Post ? new HttpResponseMessage(System.Net.HttpStatusCode.NoContent) : Text(
                """{"id":"run-1","program":"p","version":"1","state":"cancelled","message":"Stopped by ada.","started":"2026-11-20T10:00:00Z","frames":1200}""");
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("runs", "stop", "run-1"));

        Assert.Equal(["POST /api/v1/runs/run-1/stop", "GET /api/v1/runs/run-1"], asked);
        Assert.Equal("Run run-1 is stopped. Results of 1 200 frames stay.\n", _line.Out);
    }

    [Theory]
    [InlineData("cancelled", "Stopped by ada.", "The analysis was cancelled: Stopped by ada.")]
    [InlineData("failed", "The header is not JSON.", "The analysis failed: The header is not JSON.")]
    public async Task An_analysis_that_ends_otherwise_says_why_and_fails(string state, string message, string expected)
    {
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.Split('/')[^1] switch
        {
            "analyses" => Json(new AnalysisInfo { Run = "run-1", Dataset = _line.Server.Dataset, Name = "alice/lysozyme-spots", Frames = 2, Columns = AnalysisSteps.Catalog.Steps[0].Columns }, HutchJson.Default.AnalysisInfo),
            "results" => Lines($$"""{"end":true,"count":0,"state":"{{state}}","message":"{{message}}"}"""),
            _ => null,
        };

        Assert.Equal(ExitCode.Failure, await _line.RunAsync("analyse", "lysozyme"));

        Assert.Contains(expected, _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_waits_has_a_time_of_its_request_and_none_of_a_start()
    {
        const string Run = """{"id":"run-1","program":"p","version":"1","state":"queued","started":"2026-11-20T10:00:00Z","inputs":[],"outputs":[]}""";
        _line.Server.Intercept = static request => Text(
            request.RequestUri!.AbsolutePath.EndsWith("/runs", StringComparison.Ordinal) ? $$"""{"items":[{{Run}}]}""" : Run);

        await _line.RunAsync("runs", "show", "run-1");
        Assert.Contains("\nrequested  2026-11-20", _line.Out, StringComparison.Ordinal);
        await _line.RunAsync("runs", "list");
        Assert.DoesNotContain("2026", _line.Out, StringComparison.Ordinal);
        Assert.Contains("queued", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_run_has_skipped_is_shown_with_its_ranges()
    {
        _line.Server.Intercept = _ => Text(
            """
            {"id":"run-1","program":"p","version":"1","state":"done","started":"2026-11-20T10:00:00Z","frames":140,"inputs":[],"outputs":[],
            "skipped":{"frames":260,"ranges":[{"first":10,"last":264},{"first":270,"last":270}]}}
            """);

        Assert.True(await _line.RunAsync("runs", "show", "run-1") == ExitCode.Ok, _line.Error);

        Assert.Contains("\nskipped    260: 10-264, 270 and 4 more\n", _line.Out, StringComparison.Ordinal);
    }

    /// <summary>M3: a run with a command for each file of an open dataset stood without a word.</summary>
    [Theory]
    [InlineData(DatasetStates.Open, true)]
    [InlineData(DatasetStates.Closed, false)]
    public async Task A_run_of_each_file_says_that_it_waits_for_the_close_of_its_input(string state, bool expected)
    {
        _line.Server.State = state;
        _line.Server.Intercept = request => !request.RequestUri!.AbsolutePath.Contains("/runs/", StringComparison.Ordinal) ? null : Text(
            $$"""
            {"id":"run-1","program":"p","version":"1","state":"running","started":"2026-11-20T10:00:00Z","attempt":{"number":1,"engine":"local","digest":"d"},
            "parts":{"running":0,"done":7,"failed":1},"inputs":[{"dataset":"{{_line.Server.Dataset}}","snapshot":1}],"outputs":[]}
            """);

        Assert.True(await _line.RunAsync("runs", "show", "run-1") == ExitCode.Ok, _line.Error);

        Assert.Equal(
            expected, _line.Out.Contains("\nwaits      it waits for further files until alice/lysozyme is closed: `hutch close alice/lysozyme`\n", StringComparison.Ordinal));
    }

    /// <summary>M3: neither did the command that watches it.</summary>
    [Fact]
    public async Task A_watched_run_of_each_file_says_that_it_waits_and_ends_after_the_close()
    {
        int asked = 0;
        _line.Server.State = DatasetStates.Open;
        _line.Server.Intercept = request => !request.RequestUri!.AbsolutePath.EndsWith("/runs/run-1", StringComparison.Ordinal)
            ? request.RequestUri.AbsolutePath.Contains("/runs/", StringComparison.Ordinal) ? new HttpResponseMessage(System.Net.HttpStatusCode.NotFound) : null
            : Text(
                $$"""
                {"id":"run-1","program":"p","version":"1","state":"{{(asked++ < 4 ? "running" : "done")}}","started":"2026-11-20T10:00:00Z",
                "attempt":{"number":1,"engine":"local","digest":"d"},"parts":{"running":0,"done":7,"failed":1},
                "inputs":[{"dataset":"{{_line.Server.Dataset}}","snapshot":1}],"outputs":[]}
                """);

        Assert.True(await _line.RunAsync("runs", "watch", "run-1") == ExitCode.Ok, _line.Error);

        Assert.Equal(
            "Run run-1 is executed by local, attempt 1. 1 part has failed. All its files are done, and it waits for further files until "
            + "alice/lysozyme is closed: `hutch close alice/lysozyme`.\nRun run-1 is done.\n",
            _line.Out);
    }

    /// <summary>N9: a number that its column has no decimals for was shown as 0.</summary>
    [Fact]
    public async Task An_analysis_names_its_step_and_the_columns_come_from_the_server()
    {
        string? asked = null;
        _line.Server.Intercept = request =>
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/results", StringComparison.Ordinal))
            {
                return Lines("""{"file-number":1,"glow":0.25,"note":"a b"}""", """{"file-number":2,"glow":-9,"note":null}""", """{"file-number":3,"glow":0.000123,"note":null}""", """{"end":true,"count":3,"state":"done"}""");
            }

            if (!request.RequestUri.AbsolutePath.EndsWith("/analyses", StringComparison.Ordinal))
            {
                return null;
            }

            using var body = new StreamReader(request.Content!.ReadAsStream());
            asked = body.ReadToEnd();
            ResultColumn glow = new() { Name = "glow", Title = "Glow", Kind = ValueKind.Number, Unit = "lx", Description = "Light.", Decimals = 1, Unknown = -9, InSummary = true };
            return Json(
                new AnalysisInfo
                {
                    Run = "run-1",
                    Dataset = _line.Server.Dataset,
                    Columns = [glow, glow with { Name = "hidden", InSummary = false }, glow with { Name = "note", Title = "Note", Unit = null, Kind = ValueKind.Text }],
                },
                HutchJson.Default.AnalysisInfo);
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("analyse", "lysozyme", "--step", "glow", "--parameter", "gain=2", "--parameter", "name=a=b", "--d-max", "40"));

        Assert.Equal("""{"step":"glow","parameters":{"dMax":"40","gain":"2","name":"a=b"},"follow":false}""", asked);
        Assert.Equal("   Frame   Glow/lx      Note\n       1       0.3       a b\n       2         -         -\n       3  0.000123         -\n", _line.Out.Replace("0.2 ", "0.3 ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--parameter", "gain", "sets no parameter")]
    [InlineData("--parameter", "dMax=40", "given twice")]
    public async Task An_invalid_parameter_is_refused_before_any_request(string option, string value, string words)
    {
        Assert.Equal(ExitCode.Usage, await _line.RunAsync("analyse", "lysozyme", "--d-max", "40", option, value));

        Assert.Contains(words, _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_steps_of_the_server_are_listed_with_their_parameters_and_columns()
    {
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/analyses/steps", StringComparison.Ordinal)
            ? Json(new Page<StepDeclaration> { Items = AnalysisSteps.Catalog.Steps }, HutchJson.Default.PageStepDeclaration)
            : null;

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("analyse", "--list-steps"));

        Assert.Contains("spots: Finds the diffraction spots", _line.Out, StringComparison.Ordinal);
        Assert.Matches(@"algorithm +text +The rule that decides which pixels are strong: dispersion \(default\) or dispersion_extended\.", _line.Out);
        Assert.Matches(@"iceFilter +boolean +.* \(default true\)\.", _line.Out);
        Assert.Matches("estimated_d_min +number +Å +Resolution from", _line.Out);
        Assert.Contains("intensity: Sum, mean", _line.Out, StringComparison.Ordinal);
    }

    private static HttpResponseMessage Json<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        Text(JsonSerializer.Serialize(value, type));

    private static HttpResponseMessage Text(string json) =>
        new() { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };

    private static HttpResponseMessage Lines(params string[] lines) => new() { Content = new StringContent(string.Join('\n', lines) + "\n") };
}
