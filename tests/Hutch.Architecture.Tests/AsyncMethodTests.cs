using Hutch.Architecture.Tests.Compiled;

namespace Hutch.Architecture.Tests;

/// <summary>What may take long can be stopped (convention 6).</summary>
public sealed class AsyncMethodTests
{
    private const string Token = "System.Threading.CancellationToken";

    private static readonly string[] AsyncTypes =
    [
        "System.Threading.Tasks.Task", "System.Threading.Tasks.Task`1", "System.Threading.Tasks.ValueTask",
        "System.Threading.Tasks.ValueTask`1", "System.Collections.Generic.IAsyncEnumerable`1",
    ];

    /// <summary>Arguments that bring a token along: a request has one, a sequence is asked with one, work under way was begun with one.</summary>
    private static readonly string[] CarryTheirOwn =
    [
        "Microsoft.AspNetCore.Http.HttpContext", "Microsoft.AspNetCore.Http.EndpointFilterInvocationContext",
        "System.Collections.Generic.IAsyncEnumerable`1", "System.Threading.Tasks.ValueTask`1", "Hutch.Storage.Payloads.PayloadWait", "Hutch.Api.Http.ApiRequest",
        "Hutch.Doors.Requests.DoorRequest", "Hutch.S3.Requests.S3Request",
    ];

    /// <summary>Namespaces whose work is carried through once it is handed in: nobody can know any more whether it took place.</summary>
    private static readonly string[] CarriedThrough =
        [
            "Hutch.Site.Write.Committing.", "Hutch.Cluster.Journal.LogCommit", "Hutch.Cluster.Journal.PostgresLog",
            "Hutch.Cluster.Journal.LogLockConnection",
        ];

    [Fact]
    public void An_async_method_that_others_call_ends_with_a_cancellation_token()
    {
        Violations violations = new("Every async method that others call ends with a CancellationToken (convention 6)");
        foreach (CompiledAssembly assembly in CompiledAssembly.Products())
        {
            using (assembly)
            {
                violations.AddRange(assembly.Methods().Where(LacksAToken).Select(method => (method.Type, method.Name)));
            }
        }

        violations.AssertNone();
    }

    private static bool LacksAToken(Method method) =>
        AsyncTypes.Contains(method.Returns)
        && !method.IsOverride
        && !method.IsPrivate
        && !CarriedThrough.Any(space => method.Type.StartsWith(space, StringComparison.Ordinal))
        && !method.Name.StartsWith("get_", StringComparison.Ordinal)
        && !method.Name.EndsWith("DisposeAsync", StringComparison.Ordinal)
        && method.Name is not ("Main" or "EndInvoke")
        && !(method.Parameters.Count > 0 && method.Parameters[^1] == Token)
        && !method.Parameters.Any(CarryTheirOwn.Contains);
}
