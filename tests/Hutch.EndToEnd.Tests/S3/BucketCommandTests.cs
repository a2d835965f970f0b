using System.Net;
using System.Net.Sockets;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.S3;

/// <summary>The commands of the object store prototype: a key in the address, a bucket for each data collection.</summary>
public sealed class BucketCommandTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_detector_file_goes_into_a_bucket_and_is_analysed_from_there_as_the_worker_would()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (string access, string secret) = await ada.NewS3KeyAsync(Ct);
        string store = ada.Server.S3.Authority;
        string script =
            $"""
            hutch simulate dataset sim --detector small --images 5
            hutch ingest --host s3://{access}:{secret}@{store} sim_master.h5 4711 2>first
            hutch ingest --host s3://{access}:{secret}@{store} sim_master.h5 4711 | grep 'already stored'
            hutch analyse s3://{access}:{secret}@{store}/4711 --json --verbose 2>said | sort >here
            hutch analyse 4711 --json | sort >there
            cmp here there
            AWS_ACCESS_KEY_ID={access} AWS_SECRET_ACCESS_KEY={secret} hutch analyse s3://{store}/4711 >table 2>told
            cat first said told table here
            """;

        CommandResult result = (await ada.RunShellAsync(script, Ct)).AssertDone();

        Assert.Equal(6, (await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, "table"), Ct)).Length);
        Assert.Contains("AWS_SECRET_ACCESS_KEY", await File.ReadAllTextAsync(Path.Combine(ada.WorkingFolder, "first"), Ct), StringComparison.Ordinal);
        Assert.DoesNotContain("AWS_SECRET_ACCESS_KEY", await File.ReadAllTextAsync(Path.Combine(ada.WorkingFolder, "told"), Ct), StringComparison.Ordinal);
        Assert.All(
            [result.Output, result.Errors, ada.Server.Output],
            text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_system_does_not_show_the_key_in_the_arguments_of_the_process()
    {
        using TemporaryFolder folder = new();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        CommandLine person = new(folder["home"], folder["work"]);

        // Something listens and never answers: the command waits while its arguments are looked at.
        CommandResult result = await person.RunShellAsync(
            $$"""
            hutch analyse "s3://AKIA:wJalrXUtn@{{silent.LocalEndpoint}}/4711" &
            waiting=$!
            shown=
            for _ in $(seq 1200); do
                # Before it is hutch it is a shell, whose argument is this script with the key.
                if [[ $(readlink "/proc/$waiting/exe") == */hutch ]]; then
                    shown=$(tr '\0' ' ' <"/proc/$waiting/cmdline")
                    [[ $shown == *xxxxx* ]] && break
                fi
                sleep 0.05
            done
            kill "$waiting"
            wait || true
            echo "$shown"
            """,
            Ct);

        Assert.Contains("xxxxx", result.AssertDone().Output, StringComparison.Ordinal);
        Assert.DoesNotContain("wJalrXUtn", result.Output, StringComparison.Ordinal);
    }
}
