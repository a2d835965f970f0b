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
}
