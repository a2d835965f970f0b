using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Mounts;

/// <summary>A dataset that several tests mount, and the folder <c>data</c> with what is in it; none of them changes it.</summary>
public sealed class MountedData(SharedServer shared) : IAsyncLifetime
{
    internal Account Ada { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Ada = await PushedAsync(shared, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        Ada?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A new person who has pushed such data.</summary>
    internal static async Task<Account> PushedAsync(SharedServer shared, CancellationToken ct)
    {
        Account ada = await shared.NewAccountAsync(ct);
        (await ada.RunShellAsync(
            """
            mkdir -p 'data/a b/ü' data/empty; cd data
            printf '' > zero; printf x > 'a b/ü/ $(rm) "quoted" ’'; printf '#!/bin/sh\n' > run.sh; chmod +x run.sh
            ln -s nowhere/else dangling; ln -s run.sh link; printf 'new\nline' > "$(printf 'new\nline')"; mkdir many; touch many.d 'many-'
            head -c 9000001 /dev/urandom > big; head -c 8388608 /dev/urandom > edge; touch -d '2001-02-03 04:05:06.123456789Z' zero
            for i in $(seq 300); do head -c $((i * 7)) /dev/urandom > "many-$i"; echo $i > many/$i; done
            hutch init --name data; hutch push
            """,
            ct)).AssertDone();
        return ada;
    }
}
