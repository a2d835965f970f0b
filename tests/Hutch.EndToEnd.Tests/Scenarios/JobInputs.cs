using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>An account with a closed dataset `lysozyme`, whose files are also in its folder `data`: the inputs of jobs.</summary>
public sealed class JobInputs(SharedServer shared) : IAsyncLifetime
{
    internal Account Ada { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        Ada = await shared.NewAccountAsync(ct);
        CommandResult made = await Ada.RunShellAsync(
            """
            mkdir -p data/frames; cd data; hutch init --name lysozyme >../out
            for i in 1 2 3; do echo frame $i >frames/$i.cbf; done
            echo mask >mask.cbf; echo notes >notes.txt
            head -c 9000000 /dev/urandom >large.h5
            printf '#!/bin/sh\necho tool\n' >tool; chmod +x tool; ln -s frames/1.cbf first
            hutch push >../out; hutch close lysozyme >../out
            """,
            ct);
        made.AssertDone();
    }

    public ValueTask DisposeAsync()
    {
        Ada.Dispose();
        return ValueTask.CompletedTask;
    }
}
