using Hutch.Commands.Hosting;
using Hutch.Objects.S3;

namespace Hutch.Cli.Tests.Buckets;

public sealed class BucketVerbTests : IDisposable
{
    private const string Secret = "wJalr/XUtn+FEMI";

    private readonly CommandLine _line = new();

    public void Dispose() => _line.Dispose();

    [Theory]
    [InlineData("analyse", "s3://AKIA:wJalr/XUtn+FEMI@127.0.0.1:1/4711")]
    [InlineData("analyse", "s3://AKIA:wJalr/XUtn+FEMI@127.0.0.1:1/4711", "--follow")]
    [InlineData("analyse", "s3://AKIA:wJalr/XUtn+FEMI@127.0.0.1:1")]
    [InlineData("analyse", "s3://AKIA:wJalr/XUtn+FEMI@127.0.0.1:1/4711", "--json", "--verbose")]
    [InlineData("analyse", "s3://AKIA:wJalr/XUtn+FEMI@127.0.0.1:1/4711", "too-much")]
    [InlineData("analyze", "s3://AKIA:wJalr/XUtn+FEMI@127.0.0.1:1/4711")]
    [InlineData("list", "s3://AKIA:wJalr/XUtn+FEMI@127.0.0.1:1/4711", "--verbose")]
    [InlineData("ingest", "--host", "s3://AKIA:wJalr/XUtn+FEMI@127.0.0.1:1", "missing.h5", "4711")]
    [InlineData("ingest", "--host=s3+https://AKIA:wJalr/XUtn+FEMI@127.0.0.1:1/x/y", "missing.h5", "4711")]
    [InlineData("--remote", "S3://AKIA:wJalr/XUtn+FEMI@127.0.0.1:1", "list")]
    public async Task No_output_has_a_key_in_it_whatever_goes_wrong(params string[] args)
    {
        Assert.NotEqual(ExitCode.Ok, await _line.RunAsync(args));

        Assert.NotEmpty(_line.Error);
        Assert.DoesNotContain("XUtn", _line.Out + _line.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("AKIA", _line.Out + _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_taken_out_of_the_command_line_before_it_is_read()
    {
        var hidden = new List<string>();
        CliHost host = _line.Host("", TextWriter.Null, TextWriter.Null) with { Conceal = hidden.Add };

        (string[] args, CliHost with) = SecretArguments.TakeOut(["ingest", "--host=s3://AK:a%2Fb/c@h:1", "m.h5", "d@3"], host);

        Assert.Equal(["ingest", "--host=s3://h:1", "m.h5", "d@3"], args);
        Assert.Equal(new S3Credentials("AK", "a/b/c"), with.S3Key);
        Assert.Equal(["AK:a%2Fb/c"], hidden);
    }

    [Fact]
    public async Task A_key_on_the_command_line_is_answered_with_the_better_way()
    {
        await _line.RunAsync("analyse", $"s3://AKIA:{Secret}@127.0.0.1:1/4711");

        Assert.Contains("AWS_SECRET_ACCESS_KEY", _line.Error, StringComparison.Ordinal);
        Assert.Contains("`hutch login`", _line.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_the_variables_are_named()
    {
        Assert.Equal(ExitCode.NotLoggedIn, await _line.RunAsync("analyse", "s3://127.0.0.1:1/4711"));

        Assert.Contains("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", _line.Error, StringComparison.Ordinal);
    }
}
