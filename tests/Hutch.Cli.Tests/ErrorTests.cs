using System.Text;
using System.Text.Json;
using Hutch.Client.Http;
using Hutch.Commands.Hosting;
using Hutch.Model;
using Hutch.Objects.Http;

namespace Hutch.Cli.Tests;

public sealed class ErrorTests
{
    [Fact]
    public void Every_failure_has_words_advice_and_an_exit_code()
    {
        var text = new StringBuilder();
        IEnumerable<Exception> failures =
        [
            .. ErrorCode.All.Select(c => c.With($"(the sentence about the {c.Name})").ToException()),
            new ServerUnreachableException(new Uri("https://hutch.example.org/"), new HttpRequestException("Connection refused")),
            new VerificationException("run1/0001.cbf", BlobHash.Compute("a"u8), BlobHash.Compute("b"u8)),
            new BadAnswerException("The response was cut off before its last line."),
            new IOException("Cannot create '/data/a': No space left on device.", 28),
            new UnauthorizedAccessException("Access to the path '/data/a' is denied."),
        ];
        foreach (Exception failure in failures)
        {
            using var line = new CommandLine();
            using var error = new StringWriter();
            int code = ErrorReport.Write(failure, line.Host("", TextWriter.Null, error), json: false, verbose: false);
            string shown = error.ToString().Split("Hutch.Model.HutchException")[0].TrimEnd();
            text.Append("exit ").Append(code).Append('\n').Append(shown).Append("\n\n");
        }

        Snapshots.Check(Path.Combine(Snapshots.Folder(), "errors.txt"), text.ToString());
    }

    [Fact]
    public async Task With_json_an_error_is_one_object_with_a_stable_code()
    {
        using var line = new CommandLine();
        line.Server.Intercept = _ => line.Server.Reject(ErrorCode.ScopeMissing, "The token lacks the scope 'write'.", ("scope", "write"));

        Assert.Equal(ExitCode.Forbidden, await line.RunAsync("info", "lysozyme", "--json"));

        Assert.Equal("", line.Out);
        Assert.Equal(
            """{"type":"urn:hutch:error:scope-missing","title":"The token lacks a scope","status":403,"detail":"The token lacks the scope 'write'.","code":"scope-missing","advice":"Create a token with that scope: `hutch token create --scope SCOPE`.","scope":"write"}""" + "\n",
            line.Error);
    }

    [Fact]
    public async Task A_bug_says_what_happened_what_to_send_and_where_the_details_are_and_names_no_type_before_them()
    {
        using var line = new CommandLine();
        line.Server.Intercept = _ => throw new InvalidOperationException("The sequence is empty.");

        Assert.Equal(ExitCode.Failure, await line.RunAsync("info", "lysozyme"));

        string[] said = line.Error.Split('\n');
        Assert.Equal("hutch: This is a bug in hutch: The sequence is empty.", said[0]);
        Assert.Equal(
            "  Whether the command took effect is not known: look before you run it again. Please report it, with the command, "
            + "the output of `hutch version`, and the trace.",
            said[1]);
        Assert.StartsWith("System.InvalidOperationException: The sequence is empty.", said[2], StringComparison.Ordinal);
        Assert.StartsWith("   at ", said[3], StringComparison.Ordinal);

        Assert.Equal(ExitCode.Failure, await line.RunAsync("info", "lysozyme", "--json"));

        JsonElement problem = JsonDocument.Parse(line.Error).RootElement;
        Assert.Equal("This is a bug in hutch: The sequence is empty.", problem.GetProperty("detail").GetString());
        Assert.Contains("   at ", problem.GetProperty("trace").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_the_server_shows_its_request_id_and_no_trace_of_the_command()
    {
        using var line = new CommandLine();
        line.Server.Intercept = _ => line.Server.Reject(ErrorCode.Internal, "The server hit an error that it does not expect.", ("requestId", "0HN1"));

        Assert.Equal(ExitCode.Failure, await line.RunAsync("info", "lysozyme"));

        Assert.Equal(
            """
            hutch: The server hit an error that it does not expect.
              Check whether the request took effect. The operator finds the error in the server's log, under the request id.
              Request id: 0HN1

            """,
            line.Error);
    }

    [Fact]
    public async Task Error_messages_do_not_contain_the_token()
    {
        using var line = new CommandLine();
        line.Server.Intercept = _ => line.Server.Reject(ErrorCode.Internal);

        Assert.Equal(ExitCode.Failure, await line.RunAsync("info", "lysozyme", "--verbose"));

        Assert.DoesNotContain("hutch_test_token", line.Error, StringComparison.Ordinal);
    }
}
