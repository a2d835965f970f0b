using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests;

public sealed class TypeCheckTests : IDisposable
{
    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Fact]
    public async Task A_type_is_checked_without_a_server()
    {
        _line.Folder.Write("powder.yaml", "name: lab/powder\nparent: image-stack\nattributes:\n  temperature: {kind: number, unit: K}\n");

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("type", "check", "powder.yaml"));

        Assert.Equal("The type lab/powder is valid: 1 attributes of its own.\n", _line.Error);
    }

    [Fact]
    public async Task Errors_in_a_type_are_reported_with_their_line_and_column()
    {
        _line.Folder.Write("powder.yaml", "name: mx/rotation\nparent: mx\n");
        Assert.Equal(ExitCode.Failure, await _line.RunAsync("type", "check", "powder.yaml"));
        Assert.StartsWith("powder.yaml line 1, column 1: the type 'mx/rotation' comes with Hutch", _line.Out, StringComparison.Ordinal);

        _line.Folder.Write("powder.yaml", "name: powder\nparent: mx\nattributes:\n  t: {kind: number, unit: furlong}\n");
        Assert.Equal(ExitCode.Failure, await _line.RunAsync("type", "check", "powder.yaml", "--json"));
        Assert.StartsWith("{\"file\":\"powder.yaml\",\"line\":4,\"column\":27,\"message\":\"the unit", _line.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"wavelength\": \"1 A\", \"oscillation\": 0.1, \"mine\": 1}")]
    [InlineData("wavelength: 1 A\noscillation: 0.1\nmine: 1\n")]
    public async Task Metadata_in_JSON_or_YAML_are_checked_against_a_type(string metadata)
    {
        _line.Folder.Write("scan", metadata);

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("type", "check", "scan", "--type", "mx/rotation"));

        Assert.Equal(
            "Not defined by mx/rotation, kept as written: mine.\n"
            + "The metadata fit mx/rotation: 2 of its 23 attributes are there.\n",
            _line.Error);
    }

    [Fact]
    public async Task Missing_attributes_are_reported_without_failing_the_check()
    {
        _line.Folder.Write("scan.yaml", "wavelength: 1 A\n");

        Assert.Equal(ExitCode.Ok, await _line.RunAsync("type", "check", "scan.yaml", "--type", "mx/rotation"));

        Assert.StartsWith("oscillation: is missing; a number from -360 to 360 in °", _line.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_metadata_are_reported_and_fail_the_check()
    {
        _line.Folder.Write("scan.yaml", "wavelength: 1 kV\noscillation: 0.1\n");

        Assert.Equal(ExitCode.Failure, await _line.RunAsync("type", "check", "scan.yaml", "--type", "mx/rotation"));

        Assert.StartsWith("wavelength: is a voltage (in kV); a number from 0.01 to 100 in Å", _line.Out, StringComparison.Ordinal);
    }
}
