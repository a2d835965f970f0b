using System.Diagnostics;
using System.Net.Http.Json;
using Hutch.Client;
using Hutch.Commands.Hosting;
using Hutch.Contracts;

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
        Assert.Equal("push pull purge publish publication purges", await CompleteAsync("hutch pu"));
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

    [Theory]
    [InlineData("fpath=($PWD $fpath); autoload -U compinit; compinit -u -D")]
    [InlineData("autoload -U compinit; compinit -u -D; source ./_hutch")]
    public async Task The_zsh_script_completes_from_the_first_key_on_however_it_is_loaded(string load)
    {
        await _line.RunAsync("completion", "zsh");
        _line.Folder.Write("_hutch", _line.Out);
        string[] lines = ["hutch tok", "hutch token cr", "hutch share lysozyme --right ma", "hutch clone lys"];

        // A terminal in which a person types, presses the tabulator, and is shown the line by another key.
        string output = await RunAsync("zsh", "-f", "-c", $$"""
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell 'PS1=; stty -echo; {{load}}; hutch() { print lysozyme }; bindkey "^I" complete-word'
            zpty -w shell 'show() { print -r -- "<<$BUFFER>>"; zle kill-buffer; zle -R }; zle -N show; bindkey "^X" show; print rea""dy'
            zpty -r shell line '*ready*'
            for typed in {{string.Join(' ', lines.Select(line => $"'{line}'"))}}; do
                zpty -n -w shell "$typed"$'\t\x18'
                zpty -r shell line '*<<*>>*'
                print -r -- "${${line##*<<}%%>>*}"
            done
            zpty -d shell
            """);

        Assert.Equal(["hutch token", "hutch token create", "hutch share lysozyme --right manage", "hutch clone lysozyme"], Lines(output));
    }

    [Fact]
    public async Task The_fish_script_completes_verbs_options_values_and_names()
    {
        await _line.RunAsync("completion", "fish");
        _line.Folder.Write("script", _line.Out + "function hutch; echo lysozyme; end\n");

        Assert.Equal(["publication", "publish", "pull", "purge", "purges", "push"], await CompleteInFishAsync("hutch pu"));
        Assert.Equal(["create"], await CompleteInFishAsync("hutch token c"));
        Assert.Equal(["--every"], await CompleteInFishAsync("hutch push --ev"));
        Assert.Equal(["manage"], await CompleteInFishAsync("hutch share lysozyme --right ma"));
        Assert.Equal(["operator"], await CompleteInFishAsync("hutch user create bob --role op"));
        Assert.Equal(["bash"], await CompleteInFishAsync("hutch completion b"));
        Assert.Equal(["lysozyme"], await CompleteInFishAsync("hutch clone lys"));
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

    [Fact]
    public async Task Where_something_comes_back_or_goes_for_good_names_are_completed_from_the_trash()
    {
        using HutchClient client = _line.Server.Connect();
        DatasetInfo gone = (await client.GetDatasetAsync(_line.Server.Dataset, TestContext.Current.CancellationToken)) with { Name = "alice/gone", Slug = "gone" };
        _line.Server.Intercept = request => request.RequestUri!.AbsolutePath.EndsWith("/datasets", StringComparison.Ordinal)
            ? new HttpResponseMessage
            {
                Content = JsonContent.Create(
                    new Page<DatasetInfo> { Items = request.RequestUri.Query.Contains("state=trash", StringComparison.Ordinal) ? [gone] : [] },
                    HutchJson.Default.PageDatasetInfo),
            }
            : null;
        _line.Time = TimeProvider.System;

        await _line.RunAsync("complete-datasets", " restore", "g");
        Assert.Equal("gone\n", _line.Out);
        await _line.RunAsync("complete-datasets", " purge", "alice/g");
        Assert.Equal("alice/gone\n", _line.Out);
        await _line.RunAsync("complete-datasets", " info", "g");
        Assert.Equal("", _line.Out);
    }

    private async Task<string> CompleteAsync(string line)
    {
        string words = string.Join(' ', line.Split(' ').Select(w => $"'{w}'"));
        string script = $"source {_line.Folder["script"]}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); _hutch; echo ${{COMPREPLY[@]}}";
        return (await RunAsync("bash", "-c", script)).Trim();
    }

    private async Task<IEnumerable<string>> CompleteInFishAsync(string line) =>
        Lines(await RunAsync("fish", "-N", "-c", $"source script; complete -C '{line}'")).Select(candidate => candidate.Split('\t')[0]);

    private static string[] Lines(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task<string> RunAsync(string shell, params string[] arguments)
    {
        ProcessStartInfo start = new(shell, arguments) { RedirectStandardOutput = true, WorkingDirectory = _line.Folder.Path };
        start.Environment["HOME"] = _line.Folder.Path;
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output;
    }
}
