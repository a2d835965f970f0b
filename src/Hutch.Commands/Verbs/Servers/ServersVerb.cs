using Hutch.Commands.Hosting;
using Hutch.Commands.Output;

namespace Hutch.Commands.Verbs.Servers;

/// <summary><c>hutch servers</c>: the servers of the site, and their shared database and object store.</summary>
internal sealed class ServersVerb(VerbDeclaration verb)
    : Verb(
        verb,
        "servers",
        "List the servers of the site, and whether the database and the object store that they share answer (operators).",
        "hutch servers",
        "hutch servers --json",
        "hutch servers --forget 0f1e2d3c4b5a69788796a5b4c3d2e1f0")
{
    private readonly Option<string?> _forget = verb.Option<string?>(
        "--forget ID",
        "A server that is gone for good, by its id: no purge waits for its data folder any more (administrators).");

    protected override async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.Value(_forget) is { } id)
        {
            var job = new StartJob
            {
                Kind = "forget-server",
                Parameters = new Dictionary<string, JsonElement>
                {
                    ["server"] = JsonSerializer.SerializeToElement(id, HutchJson.Default.String),
                },
            };
            await ServerJob.RunAsync(context, job, wait: true, ErrorCode.Conflict, cancellationToken);
            return ExitCode.Ok;
        }

        EngineInfo engine = await context.Server.GetEngineAsync(cancellationToken);
        if (context.Json)
        {
            context.PrintJson(engine, HutchJson.Default.EngineInfo);
            return ExitCode.Ok;
        }

        var table = new TextTable("SERVER", "MACHINE", "STATE", "VERSION", "STARTED", "HEARD OF", "BEHIND", "CAPTURES", "ADDRESS", "");
        foreach (SiteServerInfo server in engine.Servers)
        {
            table.Add(
                server.Id,
                server.Name,
                server.State,
                server.Version ?? "–",
                server.Started is { } started ? Human.Time(started) : "–",
                string.Create(CultureInfo.InvariantCulture, $"{server.SilentSeconds:0} s ago"),
                server.RecordsBehind is { } late ? Human.Count(late) : "–",
                server.Captures is { } captures ? Human.Count(captures) : "–",
                server.Address ?? "none: set server.address",
                server.IsThis ? "answers now" : "");
        }

        context.Write(table, "1 server, which keeps the site in its data folder.");
        foreach (SiteServerInfo server in engine.Servers)
        {
            Record(context, server);
        }

        foreach (StoreInfo store in engine.Stores)
        {
            context.WriteNote(store.Trouble is { } trouble
                ? $"{store.Name} {store.Where}: {trouble}"
                : string.Create(CultureInfo.InvariantCulture, $"{store.Name} {store.Where}: answers in {1000 * store.Seconds:0.0} ms."));
        }

        return engine.Stores.Any(static store => store.Trouble is not null) ? ExitCode.Failure : ExitCode.Ok;
    }

    private static void Record(CliContext context, SiteServerInfo server)
    {
        if (server.Trouble is { } trouble)
        {
            context.WriteNote($"{server.Name}: {trouble}");
        }

        if (server.Watched is { Count: > 0 } watched)
        {
            context.WriteNote($"{server.Name} watches {string.Join(", ", watched)}.");
        }

        if (server.Jobs.Count > 0)
        {
            context.WriteNote($"{server.Name} does for all: {string.Join(", ", server.Jobs)}.");
        }
    }
}
