using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

public sealed class SimulateTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task A_simulation_overwrites_no_file_that_is_there_whichever_of_its_own_it_is()
    {
        Assert.Equal(ExitCode.Ok, await SimulateAsync());
        string[] made = [.. Files()];
        Assert.True(made.Length >= 3, string.Join(' ', made));

        foreach (string name in made)
        {
            foreach (string file in Files())
            {
                File.Delete(_line.Folder[file]);
            }

            _line.Folder.Write(name, "mine");

            Assert.Equal(ExitCode.Conflict, await SimulateAsync());

            Assert.StartsWith($"hutch: '{_line.Folder[name]}' is there already; a simulation overwrites nothing.\n", _line.Error, StringComparison.Ordinal);
            Assert.Equal([name], Files());
            Assert.Equal("mine", _line.Folder.Read(name));
        }
    }

    private Task<int> SimulateAsync() => _line.RunAsync("simulate", "dataset", "scan", "--detector", "tiny", "--images", "3", "--images-per-file", "2");

    private IEnumerable<string> Files() => Directory.GetFiles(_line.Folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);
}
