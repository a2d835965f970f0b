using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

public sealed class SimulateMicroscopeTests : IDisposable
{
    private static readonly string[] Small = ["simulate", "microscope", "krios", "--session", "s1", "--size", "64x80", "--frames", "2"];

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task It_writes_a_session_and_says_where()
    {
        int code = await _line.RunAsync([.. Small, "--movies", "3", "--rate", "0.5"]);

        Assert.True(code == ExitCode.Ok, _line.Error);
        Assert.Equal($"{_line.Folder["krios/s1"]}: 3 movies of 2 x 64 x 80 pixels, 61.4 kB.\n", _line.Out);
        Assert.Equal(["Movies", "SPA.yml", "gain.mrc"], Names("krios/s1"));
        Assert.Equal(6, Names("krios/s1/Movies").Length);
    }

    [Fact]
    public async Task A_metadata_file_of_the_users_own_is_copied_as_it_is()
    {
        _line.Folder.Write("own.yaml", "DataId: 1 # same\n");

        await _line.RunAsync([.. Small, "--movies", "1", "--metadata", "own.yaml"]);

        Assert.Equal(["Movies", "gain.mrc", "own.yaml"], Names("krios/s1"));
        Assert.Equal("DataId: 1 # same\n", _line.Folder.Read("krios/s1/own.yaml"));
    }

    [Fact]
    public async Task An_interrupt_ends_the_session_early()
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await interrupt.CancelAsync();

        int code = await _line.RunAsync(interrupt.Token, [.. Small, "--json"]);

        Assert.True(code == ExitCode.Ok, _line.Error);
        Assert.Equal($$"""{"folder":"{{_line.Folder["krios/s1"]}}","movies":0,"bytes":0}""" + "\n", _line.Out);
        Assert.DoesNotContain(".running", Names("krios/s1"));
    }

    [Theory]
    [InlineData("--size", "64", "hutch: --size is '64'; write width and height, such as 1024x1024.\n")]
    [InlineData("--size", "64x-80", "hutch: --size is '64x-80'; write width and height, such as 1024x1024.\n")]
    [InlineData("--rate", "0", "hutch: Cannot simulate this: there are 0.001 to 1000 movies a second.\n")]
    public async Task What_cannot_be_is_refused_before_anything_is_written(string option, string value, string message)
    {
        int code = await _line.RunAsync("simulate", "microscope", "krios", option, value);

        Assert.NotEqual(ExitCode.Ok, code);
        Assert.StartsWith(message, _line.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_line.Folder["krios"]));
    }

    [Fact]
    public async Task A_session_that_is_there_is_left_alone()
    {
        _line.Folder.Write("krios/s1/SPA.yml", "mine");

        int code = await _line.RunAsync(Small);

        Assert.Equal(ExitCode.Conflict, code);
        Assert.Equal(["SPA.yml"], Names("krios/s1"));
        Assert.Equal("mine", _line.Folder.Read("krios/s1/SPA.yml"));
    }

    private string[] Names(string folder) =>
        [.. Directory.GetFileSystemEntries(_line.Folder[folder]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
