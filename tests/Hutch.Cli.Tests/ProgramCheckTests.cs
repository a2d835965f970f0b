using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

public sealed class ProgramCheckTests : IDisposable
{
    private const string Sum = "title: Sum\nversion: \"1\"\ncommand: [sum, \"{input}\", \"{output}\"]\nwhen: closed\n";

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task A_program_that_its_own_results_would_start_again_is_named_before_it_goes_to_a_server()
    {
        _line.Folder.Write("sum.yaml", Sum + "accepts: {types: [mx]}\noutput: {type: table}\n");
        Assert.Equal(ExitCode.Ok, await _line.RunAsync("program", "check", "sum.yaml"));

        _line.Folder.Write("sum.yaml", Sum + "accepts: {types: [mx]}\noutput: {type: mx/rotation}\n");
        Assert.Equal(ExitCode.Failure, await _line.RunAsync("program", "check", "sum.yaml"));
        Assert.Contains("the results of 'sum' have the type 'mx/rotation' and would start 'sum' again", _line.Out, StringComparison.Ordinal);
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
