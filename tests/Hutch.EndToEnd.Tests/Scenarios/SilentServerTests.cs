using System.Net;
using System.Net.Sockets;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A server that takes a connection and says nothing.</summary>
public sealed class SilentServerTests
{
    [Fact]
    public async Task A_person_who_waits_is_told_what_for()
    {
        using TemporaryFolder folder = new();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        CommandLine person = new(folder["home"], folder["work"]);

        // The command is ended as soon as it has said so; a time without a word would be a test that never ends.
        CommandResult result = await person.RunShellAsync(
            $$"""
            hutch list --remote "http://{{silent.LocalEndpoint}}" 2>said &
            waiting=$!
            until [[ -s said ]]; do kill -0 "$waiting"; sleep 0.05; done
            kill "$waiting"
            wait || true
            cat said
            """,
            TestContext.Current.CancellationToken);

        Assert.Equal($"{silent.LocalEndpoint} has not answered for 5 s; still waiting.", result.AssertDone().Output.Split('\n')[0]);
    }
}
