using System.Text.Json;
using Hutch.Commands.Hosting;
using Hutch.Contracts;

namespace Hutch.Cli.Tests;

/// <summary>What the options of `hutch analyse` and `hutch submit` ask of the server.</summary>
public sealed class AnalysisRequestTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    /// <summary>mission 1.4: the seed's own line submits the address of a bucket.</summary>
    [Theory]
    [InlineData("""{"parameters":{},"follow":true}""", "analyse", "lysozyme", "--follow", "--no-wait")]
    [InlineData("""{"parameters":{},"follow":true,"whenBehind":"newest"}""", "analyse", "lysozyme", "--follow", "--when-behind", "newest", "--no-wait")]
    [InlineData("""{"parameters":{},"follow":false,"missingFrom":"run-7","again":true}""", "submit", "lysozyme", "--missing-from", "run-7")]
    [InlineData("""{"parameters":{},"follow":false,"again":true}""", "submit", "s3://AK:secret@store:7480/alice.lysozyme")]
    public async Task It_is_what_the_options_say(string expected, params string[] command)
    {
        string? asked = null;
        _line.Server.Intercept = request =>
        {
            if (!request.RequestUri!.AbsolutePath.EndsWith("/analyses", StringComparison.Ordinal))
            {
                return null;
            }

            using var reader = new StreamReader(request.Content!.ReadAsStream());
            asked = reader.ReadToEnd();
            string started = JsonSerializer.Serialize(
                new AnalysisInfo { Run = "run-1", Dataset = _line.Server.Dataset, Name = "alice/lysozyme-spots" }, HutchJson.Default.AnalysisInfo);
            return new HttpResponseMessage { Content = new StringContent(started, System.Text.Encoding.UTF8, "application/json") };
        };

        Assert.Equal(ExitCode.Ok, await _line.RunAsync(command));

        Assert.Equal("Run run-1 writes to alice/lysozyme-spots.\n", _line.Out);
        JsonElement body = JsonElement.Parse(asked!);
        Assert.All(JsonElement.Parse(expected).EnumerateObject(), one => Assert.Equal(one.Value.GetRawText(), body.GetProperty(one.Name).GetRawText()));
    }
}
