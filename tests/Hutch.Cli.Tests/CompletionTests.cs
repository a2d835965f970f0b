using System.Diagnostics;
using System.Net.Http.Json;
using Hutch.Cli.Hosting;
using Hutch.Client;
using Hutch.Model.Contracts;

namespace Hutch.Cli.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task The_bash_script_completes_verbs_and_options()
    {
        await _line.RunAsync("completion", "bash");
        _line.Folder.Write("script", _line.Out);

        Assert.Equal("create", await CompleteAsync("hutch token c"));
        Assert.Equal("push pull purge", await CompleteAsync("hutch pu"));
        Assert.Equal("--every", await CompleteAsync("hutch push --ev"));
        Assert.Equal("push", await CompleteAsync("hutch --token pull pus"));
        Assert.Equal("manage", await CompleteAsync("hutch share lysozyme --right m"));
        Assert.Equal("manage", await CompleteAsync("hutch share lysozyme --right = m"));
        Assert.Equal("derive manage read view write", await CompleteAsync("hutch share lysozyme --right ="));
        Assert.Equal("operator", await CompleteAsync("hutch user create bob --role op"));
        Assert.Equal("bash", await CompleteAsync("hutch completion b"));
        Assert.Equal("", await CompleteAsync("hutch push --message pu"));
    }

    [Fact]
    public async Task The_bash_script_asks_for_names_of_datasets_where_one_may_stand()
    {
        await _line.RunAsync("completion", "bash");
        _line.Folder.Write("script", _line.Out + "hutch() { echo \"$*\" | tr ' /' '_/'; }\n"); // says what it was asked for

        Assert.Equal("complete-datasets__clone_comp", await CompleteAsync("hutch clone comp"));
        Assert.Equal("complete-datasets__metadata_get_comp", await CompleteAsync("hutch metadata get --json comp"));
        Assert.Equal("complete-datasets__token_create_comp", await CompleteAsync("hutch token create --dataset comp"));
        Assert.Equal("complete-datasets__derive_comp", await CompleteAsync("hutch derive one two comp"));
        Assert.Equal("", await CompleteAsync("hutch clone lysozyme comp"));
        Assert.Equal("", await CompleteAsync("hutch push comp"));
    }

    [Fact]
    public async Task Names_of_datasets_are_completed_quickly_or_not_at_all()
    {
        using HutchClient client = _line.Server.Connect();
        DatasetInfo dataset = await client.GetDatasetAsync(_line.Server.Dataset, TestContext.Current.CancellationToken);
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/datasets", StringComparison.Ordinal)
            ? new HttpResponseMessage
            {
                Content = JsonContent.Create(
                    new Page<DatasetInfo>
                    {
                        Items = [.. new[] { "alice/lysozyme", "alice/lipase", "bob/lysozyme", "eve/$(reboot)" }.Select(
                            name => dataset with { Name = name, Slug = name.Split('/')[1] })],
                    },
                    HutchJson.Default.PageDatasetInfo),
            }
            : null;

        _line.Time = TimeProvider.System;
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("complete-datasets", " clone", "ly"));
        Assert.Equal("lysozyme\n", _line.Out);
        await _line.RunAsync("complete-datasets", " clone", "alice/l");
        Assert.Equal("alice/lysozyme\nalice/lipase\n", _line.Out);
        await _line.RunAsync("complete-datasets", " clone", "");
        Assert.Equal("alice/lysozyme\nalice/lipase\nbob/lysozyme\n", _line.Out);

        _line.Server.Intercept = _ => throw new HttpRequestException("nobody listens");
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("complete-datasets", " clone", "ly"));
        Assert.Equal(("", ""), (_line.Out, _line.Error));
    }

    private async Task<string> CompleteAsync(string line)
    {
        string words = string.Join(' ', line.Split(' ').Select(w => $"'{w}'"));
        string script = $"source {_line.Folder["script"]}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); _hutch; echo ${{COMPREPLY[@]}}";
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;
        string output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output.Trim();
    }
}
