using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A server that takes a connection and says nothing.</summary>
public sealed class SilentServerTests
{
    [Fact]
    public async Task A_person_who_waits_is_told_what_for()
    {
        using TemporaryFolder folder = new();
        CommandLine person = new(folder.Combine("home"), folder.Combine("work"));

        // The command is ended as soon as it has said so; a time without a word would be a test that never ends.
        CommandResult result = await person.RunShellAsync(
            """
            python3 -c 'import socket,time; s=socket.socket(); s.bind(("127.0.0.1",0)); s.listen(); print(s.getsockname()[1],flush=True); time.sleep(600)' >port &
            silent=$!
            until [[ -s port ]]; do sleep 0.05; done
            hutch list --remote "http://127.0.0.1:$(<port)" 2>said &
            waiting=$!
            until [[ -s said ]]; do kill -0 "$waiting"; sleep 0.05; done
            kill "$waiting" "$silent"
            wait || true
            cat port said
            """,
            TestContext.Current.CancellationToken);

        string[] lines = result.AssertDone().Output.TrimEnd().Split('\n');
        Assert.Equal($"hutch: 127.0.0.1:{lines[0]} has not answered for 5 s; still waiting.", lines[1]);
    }
}
