using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

public sealed class ProgramCheckTests : IDisposable
{
    private const string Sum = "title: Sum\nversion: \"1\"\ncommand: [sum, \"{input}\", \"{output}\"]\nwhen: closed\n";

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task Programs_that_follow_each_other_in_a_circle_are_named_before_they_go_to_a_server()
    {
        // Results never start a program that led to them, so a program may accept the type that it makes.
        _line.Folder.Write("sum.yaml", Sum + "accepts: {types: [mx]}\noutput: {type: mx/rotation}\n");
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("program", "check", "sum.yaml"));

        _line.Folder.Write("programs/sum.yaml", Sum.Replace("closed", "{after: plot}", StringComparison.Ordinal));
        _line.Folder.Write("programs/plot.yaml", Sum.Replace("closed", "{after: sum}", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Failure, await _line.RunAsync("program", "check", "programs"));
    }

    [Fact]
    public async Task A_folder_whose_program_follows_one_that_is_not_there_is_refused_and_its_file_alone_is_not()
    {
        _line.Folder.Write("programs/plot.yaml", Sum.Replace("closed", "{after: summ}", StringComparison.Ordinal));
        _line.Folder.Write("programs/sum.yaml", Sum.Replace("when: closed", "", StringComparison.Ordinal));

        Assert.Equal(ExitCode.Failure, await _line.RunAsync("program", "check", "programs"));
        Assert.Contains("it starts after 'summ', and there is no such program; did you mean 'sum'?", _line.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("program", "check", "programs/plot.yaml"));
    }
}
