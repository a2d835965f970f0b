using System.Net;
using System.Text;
using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

/// <summary>What a command says when it is stopped with Ctrl-C: what the server goes on doing, and how to go on with the rest.</summary>
public sealed class InterruptTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("/results", "The server continues run 7: the same command shows its results, `hutch runs stop 7` ends it.", "analyse", "lysozyme")]
    [InlineData("/analyses", "Run the command again to resume.", "analyse", "lysozyme")]
    [InlineData("/jobs/7", "The server continues the gc job 7.", "gc")]
    [InlineData("/jobs", "Run the command again to resume.", "gc")]
    [InlineData("/files", "Run the command again to resume.", "clone", "lysozyme")]
    public async Task An_interrupted_command_names_the_run_or_job_that_continues_or_says_how_to_resume(string at, string sentence, params string[] command)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        _line.Server.Change(("a", "1"));
        _line.Server.Intercept = request =>
        {
            string path = request.RequestUri!.AbsolutePath;
            if (path.EndsWith(at, StringComparison.Ordinal))
            {
                interrupt.Cancel();
                interrupt.Token.ThrowIfCancellationRequested();
            }

            return path.EndsWith("/analyses", StringComparison.Ordinal) ? Json("""{"run":"7","dataset":"11111111-2222-3333-4444-555555555555","columns":[]}""")
                : path.EndsWith("/jobs", StringComparison.Ordinal) ? Json("""{"id":"7","kind":"gc","state":"running","started":"2026-11-20T10:00:00Z","progress":0}""")
                : null;
        };

        int code = await _line.RunAsync(interrupt.Token, command);

        Assert.True(code == ExitCode.Interrupted, _line.Error);

        Assert.EndsWith($"hutch: interrupted. {sentence}\n", _line.Error, StringComparison.Ordinal);
    }

    /// <summary>With --json a capture said nothing at all: neither where it listens nor what hinders it.</summary>
    [Theory]
    [InlineData(true, "--json")]
    [InlineData(false, "--json", "--quiet")]
    public async Task A_capture_with_JSON_output_reports_to_standard_error_unless_quiet(bool reports, params string[] options)
    {
        await _line.RunAsync(
            new CancellationToken(canceled: true),
            ["capture", "--listen", "tcp://127.0.0.1:*", "--dataset", "{dcid}", "--state", _line.Folder["state"], .. options]);

        Assert.Equal(reports, _line.Error.Contains("Listening at tcp://127.0.0.1:", StringComparison.Ordinal));
        Assert.Equal("", _line.Out);
    }

    private static HttpResponseMessage Json(string text) =>
        new(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
}
