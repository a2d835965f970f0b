using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

public sealed class AgentTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task A_dry_run_counts_what_would_be_published_and_says_why_the_rest_needs_attention()
    {
        Write("data/s1/SPA.yml", "DataId: a\n");
        Write("data/s2/SPA.yml", "Type: SPA\n");
        Write("data/s3/frame.mrc", "");
        Write("hutch.yaml", $"agent: {{folders: [{{watch: {_line.Folder["data"]}}}]}}\n");

        int code = await _line.RunAsync("agent", "dry-run", "--config", "hutch.yaml");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(
            $"{_line.Folder["data/s2"]}\n  SPA.yml: the key 'DataId' is missing, which says which dataset this is.\n"
            + "1 folder would be published, 1 need attention, 1 have no metadata file.\n",
            _line.Out);
        Assert.Equal("DataId: a\n", File.ReadAllText(_line.Folder["data/s1/SPA.yml"]));
    }

    [Fact]
    public async Task A_folder_is_explained()
    {
        Write("data/s1/SPA.yml", "DataId: a\nUser: {Email: x@example.org}\n");
        Write("hutch.yaml", $"agent: {{folders: [{{watch: {_line.Folder["data"]}}}]}}\n");

        await _line.RunAsync("agent", "explain", "data/s1", "--config", "hutch.yaml");

        Assert.StartsWith($"{_line.Folder["data/s1"]} would be published.\n", _line.Out, StringComparison.Ordinal);
        Assert.Contains("only members see User.Email", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_with_the_identity_of_another_is_explained_as_in_a_dry_run()
    {
        Write("data/s1/SPA.yml", "DataId: a\n");
        Write("data/s2/SPA.yml", "DataId: a\n");
        Write("hutch.yaml", $"agent: {{folders: [{{watch: {_line.Folder["data"]}}}]}}\n");

        await _line.RunAsync("agent", "explain", "data/s1", "--config", "hutch.yaml");

        Assert.StartsWith($"{_line.Folder["data/s1"]} needs attention: 'DataId' is 'a', as in '{_line.Folder["data/s2"]}'", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_not_watched_is_refused_with_what_to_do()
    {
        Write("hutch.yaml", $"agent: {{folders: [{{watch: {_line.Folder["data"]}}}]}}\n");

        Assert.NotEqual(ExitCode.Ok, await _line.RunAsync("agent", "explain", "/tmp", "--config", "hutch.yaml"));

        Assert.Contains("list its parent under 'agent.folders'", _line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("share it with you", _line.Error, StringComparison.Ordinal);
    }

    /// <summary>N10: the configuration that it read may not be that of the server.</summary>
    [Fact]
    public async Task Without_watched_folders_it_says_what_to_set()
    {
        Assert.Equal(ExitCode.Usage, await _line.RunAsync("agent", "dry-run", "--data", "."));
        Assert.Contains("list them there under 'agent.folders'", _line.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linkLife: 200y", "'linkLife': '200y' is too long")]
    [InlineData("keep: soon", "'keep': 'soon' is not a time span")]
    public async Task A_configuration_that_is_wrong_is_refused_when_it_is_read_and_says_how_to_check_it(string option, string why)
    {
        Write("hutch.yaml", $"agent: {{folders: [{{watch: /data/krios, {option}}}]}}\n");

        Assert.Equal(ExitCode.Usage, await _line.RunAsync("agent", "dry-run", "--config", "hutch.yaml"));

        Assert.Contains(why, _line.Error, StringComparison.Ordinal);
        Assert.Contains("`hutch config check` lists everything that is wrong", _line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("send it again", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Converting_a_configuration_keeps_the_invite_in_the_block_and_reports_that()
    {
        Write("data/s1/SPA.yml", "DataId: a\n");
        Write("config.yaml", $"watchedDirectories: [{_line.Folder["data"]}]\nmetadataFileTags: {{onedata: Onedata2, inviteToken: Token}}\n");
        await _line.RunAsync("agent", "convert", "config.yaml");
        Write("hutch.yaml", _line.Out);
        string told = _line.Error;

        await _line.RunAsync("agent", "explain", "data/s1", "--config", "hutch.yaml");

        Assert.Contains("line 2: metadataFileTags.inviteToken: block.inviteToken. The invite stays in the block", told, StringComparison.Ordinal);
        Assert.Contains("  invite:      in the block, for all who may read the file\n", _line.Out, StringComparison.Ordinal);
        Assert.Contains("'Onedata2' would be added", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_converted_configuration_is_valid()
    {
        Write("config.yaml", "watchedDirectories: [/volumes/a]\ndataReplication: {timeUntilRemoved: 7d}\n");

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("agent", "convert", "config.yaml"));
        Write("hutch.yaml", _line.Out);

        Assert.Contains("line 2: dataReplication.timeUntilRemoved: keep.", _line.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await _line.RunAsync(
            "config", "check", "--config", "hutch.yaml", "--set", "server.publicUrl=https://hutch.example.org"));
        Assert.Contains("Warning: 'agent.folders[0].watch': '/volumes/a' does not exist, or this user cannot read it.", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_check_of_a_configuration_refuses_what_a_start_would_refuse()
    {
        Write("hutch.yaml", $"server: {{http: none}}\ns3: {{address: nowhere}}\nagent: {{folders: [{{watch: {_line.Folder["data"]}, metadataFiles: [a.yml], identityKey: Id}}]}}\n");

        Assert.Equal(ExitCode.Usage, await _line.RunAsync("config", "check", "--config", "hutch.yaml"));

        Assert.Equal(
            "The server has no address to listen on: 'http' is 'none' and 'https' is not set.\n"
            + "'nowhere' is not a listen address: use HOST:PORT, such as 127.0.0.1:8471, [::1]:8471 or *:8471, or 'off'.\n"
            + "The agent writes links into metadata files: set 'server.publicUrl' to the URL of the portal.\n",
            _line.Out);
        string told = _line.Out;
        Assert.Equal(ExitCode.Usage, await _line.RunAsync("serve", "--config", "hutch.yaml", "--data", "srv"));
        Assert.StartsWith("hutch: " + told.Trim().Replace("\n", "\n  ", StringComparison.Ordinal), _line.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line.Folder["srv"]));
    }

    [Fact]
    public async Task A_dry_run_of_a_folder_that_does_not_exist_says_so_and_fails()
    {
        Write("hutch.yaml", "agent: {folders: [{watch: /nonexistent/kriosX, metadataFiles: [a.yml], identityKey: Id}]}\n");

        Assert.Equal(ExitCode.Failure, await _line.RunAsync("agent", "dry-run", "--config", "hutch.yaml"));

        Assert.StartsWith("'agent.folders[0].watch': '/nonexistent/kriosX' does not exist, or this user cannot read it.\n", _line.Out, StringComparison.Ordinal);
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_line.Folder[path])!);
        File.WriteAllText(_line.Folder[path], text);
    }
}
